import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'

/** Rules about the forms of other hosts, which are applied while a manifest is read. */
export const FORM_RULES = {
  NOFX_MCP_FORM: {
    severity: 'warning',
    summary: 'Servers in the forms of other hosts are read, and should be written in the form of this page.',
  },
  NOFX_MCP_FIELD_UNSUPPORTED: {
    severity: 'error',
    summary: 'A server has no fields of other hosts that NOFX does not obey.',
  },
} as const satisfies RuleCatalogue

/** Creates findings of this catalogue. */
export const makeFinding = findingMaker(FORM_RULES)
