# SPDX-License-Identifier: MIT
"""The rules of the house. Each is a function: Project in, a Finding for each fault out."""
