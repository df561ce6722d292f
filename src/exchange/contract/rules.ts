import { findingMaker, type RuleCatalogue } from '../../contract/diagnostic.ts'

/** What can be wrong with an export. An error stops it: nothing is written. */
export const EXPORT_RULES = {
  NOFX_EXPORT_LIMIT: { severity: 'error', summary: 'What is exported is within the limits of its client.' },
  NOFX_EXPORT_LOSS: {
    severity: 'error',
    summary: 'With --strict, a field that limits an agent is written as it is.',
  },
  NOFX_EXPORT_SERVER: {
    severity: 'warning',
    summary: 'A format has a place for what an MCP server needs; otherwise the server is left out.',
  },
  NOFX_EXPORT_PATH: {
    severity: 'error',
    summary: 'An exported file lies below the target, and no other one has its name in another case.',
  },
} as const satisfies RuleCatalogue

/** Makes a finding of an export rule. */
export const exportFinding = findingMaker(EXPORT_RULES)
