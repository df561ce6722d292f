/** How bad a finding is: an `error` stops a publish, a `warning` does not. */
export type Severity = 'error' | 'warning'

/** A place inside a parsed JSON or YAML document: object keys and array indices from the root. */
export type Pointer = readonly (string | number)[]

/**
 * Where a rule found something. `file` is relative to the definition's folder, with `/`. `pointer` is for JSON and
 * YAML files (`key: true` means the key itself, not its value). `offset` is for any text, in UTF-16 code units after
 * line ends became LF.
 */
export interface FindingPlace {
  file: string
  pointer?: Pointer
  key?: boolean
  offset?: number
  /** The name of a field that is missing from the object at `pointer`. */
  absent?: string
}

/** What a pure rule reports. It has no line numbers: `locate` computes them, and only if there are findings. */
export interface Finding extends FindingPlace {
  rule: string
  severity: Severity
  message: string
  hint: string
}

/** A finding for people and tools. `path` is relative to the working directory; line and column start at 1. */
export interface Diagnostic {
  path: string
  line: number
  column: number
  severity: Severity
  rule: string
  message: string
  hint: string
  kind?: string
  id?: string
  pointer?: Pointer
}

/** True for a finding that makes a definition invalid. */
export function isError({ severity }: { severity: Severity }): boolean {
  return severity === 'error'
}

/** One rule of the catalogue: its usual severity, and one sentence that states what the rule demands. */
export interface Rule {
  severity: Severity
  summary: string
}

/** Rules by their stable id (`NOFX_…`). An id is never reused for another meaning. */
export type RuleCatalogue = Readonly<Record<string, Rule>>

/** Creates a finding of a rule in one catalogue; the severity comes from the catalogue. */
export type MakeFinding<Id extends string> = (
  rule: Id,
  place: FindingPlace,
  message: string,
  hint: string,
) => Finding

/** Binds `Report` to a catalogue, so that a rule id that does not exist cannot compile. */
export function findingMaker<C extends RuleCatalogue>(catalogue: C): MakeFinding<keyof C & string> {
  // The place is not spread: a file may have 40,000 findings, and spreading objects of many shapes is slow.
  return (rule, { file, pointer, key, offset, absent }, message, hint) => {
    const finding: Finding = { file, rule, severity: (catalogue[rule] as Rule).severity, message, hint }
    if (pointer !== undefined) finding.pointer = pointer
    if (key !== undefined) finding.key = key
    if (offset !== undefined) finding.offset = offset
    if (absent !== undefined) finding.absent = absent
    return finding
  }
}
