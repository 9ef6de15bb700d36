"""The style sheet with names in place of colours and sizes."""

from __future__ import annotations

STYLE_SHEET = """
QMainWindow, QDialog, QWidget#page, QWidget#jobs, QWidget#form, QScrollArea { background: $window; }
QScrollArea { border: none; }
QLabel { color: $text; background: transparent; }
QLabel[role="title"] { font-size: $title; font-weight: 700; }
QLabel[role="heading"] { font-size: $strong; font-weight: 600; }
QLabel[role="headline"] { font-weight: 600; }
QLabel[role="muted"], QStatusBar QLabel { color: $muted; font-size: $small; }
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

QLineEdit {
  background: $field; color: $text; border: 1px solid $field_border; border-radius: 8px; padding: 7px 10px;
  selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $muted;
}
QLineEdit:hover { border-color: $muted; }
QLineEdit:focus { border: 2px solid $accent; padding: 6px 9px; }

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
QPushButton[role="beside"] { padding: 7px 14px; }
QPushButton[role="beside"]:focus { padding: 6px 13px; }
QPushButton[role="choice"] { padding: 7px 6px; }
QPushButton[role="choice"]:focus { padding: 6px 5px; }
QPushButton[role="choice"]:checked {
  background: $accent_soft; color: $link; border: 1px solid $accent; font-weight: 600;
}
QPushButton[role="choice"]:checked:focus { border: 2px solid $accent; }
QPushButton[role="quiet"] {
  background: transparent; border: 2px solid transparent; border-radius: 6px; color: $link; padding: 1px 3px;
  font-size: $small; text-align: left; margin-left: -5px;
}
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border: 2px solid $accent; }

QProgressBar { background: $plain_soft; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QFrame[role="file"] { background: $accent_soft; border: 1px solid $accent_soft; border-radius: 10px; }
QFrame[role="file"]:hover { border-color: $accent; }
QFrame[role="file"]:focus { border: 2px solid $accent; }
QLabel[role="drag"] { color: $link; font-size: $small; }

QStatusBar { background: $card; border-top: 1px solid $border; color: $muted; min-height: 30px; }
QStatusBar::item { border: none; }
QToolTip { background: $card; color: $text; border: 1px solid $field_border; padding: 4px 6px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar::handle:vertical {
  background: $field_border; border-radius: 3px; min-height: 32px; margin: 2px 2px 2px 4px;
}
QScrollBar::handle:vertical:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
