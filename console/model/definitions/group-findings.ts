/** What a finding says; `line` and `column` are counted from 1. */
export interface PlacedFinding {
  path: string
  line: number
  column: number
  severity: 'error' | 'warning'
  rule: string
  message: string
  hint: string
}

/** Findings of one file. */
export interface FileFindings {
  path: string
  findings: PlacedFinding[]
}

/** Findings by file, files and findings in the order in which they come. A finding that is repeated is shown once. */
export function groupByFile(findings: readonly PlacedFinding[]): FileFindings[] {
  const files = new Map<string, Map<string, PlacedFinding>>()
  for (const finding of findings) {
    const { path, line, column, rule, message } = finding
    const ofFile = files.get(path) ?? new Map<string, PlacedFinding>()
    const name = `${line}:${column} ${rule} ${message}`
    if (!ofFile.has(name)) ofFile.set(name, finding)
    files.set(path, ofFile)
  }
  return [...files].map(([path, ofFile]) => ({ path, findings: [...ofFile.values()] }))
}
