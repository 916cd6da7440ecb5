"""Chapter 14: decision trees and forests, a ladder of small files."""
