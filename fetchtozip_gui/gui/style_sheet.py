"""The style sheet with names in place of colours and sizes."""

from __future__ import annotations

STYLE_SHEET = """
QMainWindow, QDialog, QWidget#page, QWidget#job-column, QWidget#form, QScrollArea { background: $window; }
QScrollArea { border: none; }
QWidget[role="clear"], QScrollArea[role="clear"] { background: transparent; }
QLabel { color: $text; background: transparent; }
QLabel[role="title"] { font-size: $title; font-weight: 700; }
QLabel[role="heading"] { font-size: $strong; font-weight: 600; }
QLabel[role="headline"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; font-size: $small; }
QLabel[role="caption"] { color: $muted; font-size: $small; font-weight: 600; }
QLabel[tone="good"] { color: $good; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="bad"] { color: $bad; }
QLabel[role="mark"] { border-radius: 11px; background: $plain_soft; color: $muted; }
QLabel[role="mark"][tone="busy"] { background: $accent_soft; color: $link; }
QLabel[role="mark"][tone="good"] { background: $good_soft; color: $good; }
QLabel[role="mark"][tone="warn"] { background: $warn_soft; color: $warn; }
QLabel[role="mark"][tone="bad"] { background: $bad_soft; color: $bad; }
QLabel[role="notice"] { border-radius: 8px; padding: 9px 12px; background: $bad_soft; color: $bad; }
QLabel[role="notice"][tone="good"] { background: $good_soft; color: $good; }

QFrame[role="card"] { background: $card; border: 1px solid $border; border-radius: 12px; }
QFrame[role="empty"] { background: transparent; border: 1px dashed $field_border; border-radius: 12px; }
QFrame[role="rule"] { background: $border; border: none; max-height: 1px; min-height: 1px; }

QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
  background: $field; color: $text; border: 1px solid $field_border; border-radius: 8px; padding: 7px 10px;
  selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $muted;
}
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $muted; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid $accent; padding: 6px 9px;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {
  color: $muted; background: $window; border-color: $border;
}
QLineEdit[wrong="true"], QComboBox[wrong="true"], QAbstractSpinBox[wrong="true"] {
  border: 2px solid $bad; padding: 6px 9px;
}
QLineEdit[role="inside"] { border-radius: 4px; padding: 1px 6px; }
QLineEdit[role="inside"]:focus { padding: 0 5px; }
QPlainTextEdit[role="code"], QTextEdit[role="code"] { font-family: monospace; font-size: $small; }
QComboBox QLineEdit, QComboBox QLineEdit:focus { border: none; padding: 0; background: transparent; }
QComboBox { padding-right: 30px; min-width: 4em; }
QComboBox:focus { padding-right: 29px; }
QComboBox[role="inside"], QComboBox[role="inside"]:focus { border-radius: 4px; padding: 1px 29px 1px 5px; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url("$chevron_down"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
  background: $card; color: $text; border: 1px solid $field_border; border-radius: 8px; padding: 4px; outline: none;
  selection-background-color: $accent_soft; selection-color: $text;
}
QAbstractSpinBox { padding-right: 26px; }
QAbstractSpinBox:focus { padding-right: 25px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 24px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 11px; height: 11px; }
QAbstractSpinBox::down-arrow { image: url("$chevron_down"); width: 11px; height: 11px; }
QCheckBox, QRadioButton {
  color: $text; spacing: 8px; padding: 3px 2px; border: 2px solid transparent; border-radius: 6px;
}
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid $muted; border-radius: 3px; background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$tick"); }
QCheckBox::indicator:disabled { border-color: $field_border; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QSlider { min-height: 24px; border: 2px solid transparent; border-radius: 6px; }
QSlider:focus { border-color: $accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $field_border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
  width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: $card; border: 1px solid $muted;
}

QPushButton {
  background: $card; color: $text; border: 1px solid $field_border; border-radius: 8px; padding: 6px 14px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $plain_soft; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $muted; background: $window; border-color: $border; }
QPushButton[role="primary"] {
  background: $accent; color: $on_accent; border: 2px solid $accent; font-size: $strong; font-weight: 600;
  padding: 9px 18px;
}
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus { border: 2px solid $ring; padding: 9px 18px; }
QPushButton[role="primary"]:disabled { background: $plain_soft; border-color: $plain_soft; color: $muted; }
QPushButton[role="beside"] { padding: 7px 14px; }
QPushButton[role="beside"]:focus { padding: 6px 13px; }
QPushButton[role="choice"] { padding: 7px 11px; }
QPushButton[role="choice"]:focus { padding: 6px 10px; }
QPushButton[role="choice"]:checked {
  background: $accent_soft; color: $link; border: 1px solid $accent;
}
QPushButton[role="choice"]:checked:focus { border: 2px solid $accent; }
QPushButton[role="quiet"] {
  background: transparent; border: 2px solid transparent; border-radius: 6px; color: $link; padding: 1px 3px;
  font-size: $small; text-align: left; margin-left: -5px;
}
QPushButton[role="status"] {
  background: transparent; border: 2px solid transparent; border-radius: 6px; color: $muted; padding: 2px 6px;
  font-size: $small; text-align: left;
}
QPushButton[role="status"]:hover { color: $text; background: $hover; }
QPushButton[role="status"]:focus { border: 2px solid $accent; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border: 2px solid $accent; }

QPushButton::menu-indicator { image: url("$chevron_down"); width: 11px; height: 11px; right: 8px; }
QPushButton[role="place"] {
  background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 8px 12px; text-align: left;
}
QPushButton[role="place"]:hover { background: $hover; }
QPushButton[role="place"]:checked { background: $accent_soft; color: $link; }
QPushButton[role="place"]:focus { border-color: $accent; }
QToolButton {
  background: transparent; color: $text; border: 2px solid transparent; border-radius: 6px; padding: 3px 5px;
}
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $accent_soft; color: $link; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $muted; }
QToolButton[role="part"] { color: $muted; font-size: $small; padding: 2px 4px; }
QToolButton[role="part"]:checked { color: $link; }
QFrame[role="inset"] { background: $window; border: 1px solid $border; border-radius: 10px; }
QFrame#sidebar { background: $card; border: none; border-right: 1px solid $border; }
QFrame[role="banner"] { background: $accent_soft; border: 1px solid $accent; border-radius: 10px; }
QFrame[role="banner"][tone="warn"] { background: $warn_soft; border-color: $warn; }

QListView, QTableView, QTreeView {
  background: $card; color: $text; border: 1px solid $border; border-radius: 10px; outline: none;
  gridline-color: $border; alternate-background-color: $hover;
  selection-background-color: $accent_soft; selection-color: $text;
}
QListView:focus, QTableView:focus, QTreeView:focus { border: 1px solid $accent; }
QListView[role="plain"], QTableView[role="plain"], QTreeView[role="plain"] { border: none; border-radius: 0; }
QListWidget, QListView#opened-files { padding: 5px; }
QListView#opened-files::item { border-radius: 6px; }
QListWidget::item { padding: 6px 8px; border-radius: 6px; }
QListWidget::item:hover { background: $hover; }
QTableView::item { padding: 3px 6px; }
QTableView::item:selected, QListView::item:selected { background: $accent_soft; color: $text; }
QHeaderView { background: $card; border: none; }
QHeaderView::section {
  background: $card; color: $muted; border: none; border-bottom: 1px solid $border; padding: 6px 8px;
  font-size: $small; font-weight: 600;
}
QHeaderView::section:vertical { border: none; font-weight: 400; padding: 0 8px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableCornerButton::section { background: $card; border: none; border-bottom: 1px solid $border; }
QTextBrowser { background: $card; color: $text; border: 1px solid $border; border-radius: 10px; padding: 12px 18px; }

QTabWidget::pane { border: none; border-top: 1px solid $border; }
QTabBar { background: transparent; }
QTabBar::tab {
  background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent; padding: 7px 10px;
}
QTabWidget[role="tight"] QTabBar::tab { padding: 7px 5px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $link; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { background: $accent_soft; border-radius: 6px; }
QTabBar::tab:disabled { color: $muted; }

QSplitter::handle { background: transparent; }
QSplitter::handle:horizontal { width: 12px; }
QSplitter::handle:vertical { height: 12px; }
QSplitter::handle:hover { background: $plain_soft; }

QMenuBar { background: $card; color: $text; border-bottom: 1px solid $border; padding: 2px 6px; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: 6px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $card; color: $text; border: 1px solid $field_border; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 26px; border-radius: 6px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }

QProgressBar { background: $plain_soft; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QFrame[role="file"] { background: $accent_soft; border: 1px solid $accent_soft; border-radius: 10px; }
QFrame[role="file"]:hover { border-color: $accent; }
QFrame[role="file"]:focus { border: 2px solid $accent; }
QLabel[role="drag"] { color: $link; font-size: $small; }

QFrame#status { background: $card; border: none; border-top: 1px solid $border; }
QToolTip { background: $card; color: $text; border: 1px solid $field_border; padding: 4px 6px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical {
  background: $field_border; border-radius: 3px; min-height: 32px; margin: 2px 2px 2px 4px;
}
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar[idle="true"]::handle:vertical { background: transparent; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle:horizontal {
  background: $field_border; border-radius: 3px; min-width: 32px; margin: 4px 2px 2px 2px;
}
QScrollBar::handle:horizontal:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
