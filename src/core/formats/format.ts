import type { Diagnostic, RuleCatalogue } from '../../contract/diagnostic.ts'

/** Colours, as chalk has them; each gives its text back when there is no colour. */
export interface Palette {
  red(text: string): string
  yellow(text: string): string
  cyan(text: string): string
  bold(text: string): string
  dim(text: string): string
}

/** What a format may need besides the findings. */
export interface FormatContext {
  /** Catalogues of the kinds that were checked; the core's own rules are always known. */
  rules: RuleCatalogue
  /** Version of the tool, for the machine-readable formats. */
  version: string
  paint: Palette
  /** From the top of the repository to the folder that findings' paths start in, with `/`; empty at the top. */
  inRepository?: string
}

/** Writes findings in one form. Pure; the text ends without a line feed and is empty when there is nothing to say. */
export type Format = (diagnostics: readonly Diagnostic[], context: FormatContext) => string
