import type { Diagnostic, RuleCatalogue } from '../../contract/diagnostic.ts'

/** Colour functions with chalk's names; without colours each returns its text unchanged. */
export interface Palette {
  red(text: string): string
  yellow(text: string): string
  cyan(text: string): string
  bold(text: string): string
  dim(text: string): string
}

/** A screen that findings are shown on. */
export interface FindingsScreen {
  /** In columns. */
  width: number
  /** The command that shows every finding; without it findings are not grouped. */
  more?: string
  /** The text of a finding's file; undefined when it cannot be shown. */
  readText?: (path: string) => string | undefined
}

/** What a format may need besides the findings. */
export interface FormatContext {
  /** Catalogues of the checked kinds; the core's own rules are always known. */
  rules: RuleCatalogue
  /** The version of the tool, for machine-readable formats. */
  version: string
  paint: Palette
  /**
   * The path from the top of the repository to the folder that findings' paths start in, with `/`; empty at the top.
   */
  inRepository?: string
  /** The screen, for text; without one each finding is a line that programs can read. */
  screen?: FindingsScreen
}

/**
 * Writes findings in one format. It is pure; the text ends without a line feed and is empty if there are no findings
 * to show.
 */
export type Format = (diagnostics: readonly Diagnostic[], context: FormatContext) => string
