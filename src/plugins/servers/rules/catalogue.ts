import { findingMaker, type RuleCatalogue } from '../../../contract/diagnostic.ts'
import { FIELD_RULES } from '../../../contract/fields/rules.ts'
import { SHARED_MCP_RULES } from '../../agents/rules/shared-mcp-rules.ts'

/** Every rule of the kind `servers` beyond its shape, by stable id. */
export const SERVER_RULES = {
  ...FIELD_RULES,
  ...SHARED_MCP_RULES,
  NOFX_SERVER_NOWHERE: {
    severity: 'warning',
    summary: 'A server has a package to run, or a remote to call.',
  },
  NOFX_SERVER_SHA256_MISSING: {
    severity: 'error',
    summary: 'A package of the type "mcpb" has the SHA-256 of its file.',
  },
  NOFX_SERVER_SECRET_LITERAL: {
    severity: 'error',
    summary: 'An input that is a secret has no value and no default.',
  },
  NOFX_SERVER_INPUT_DUPLICATE: {
    severity: 'error',
    summary: 'A package names each environment variable once, and a transport each header.',
  },
} as const satisfies RuleCatalogue

/** Creates findings of this catalogue. */
export const makeFinding = findingMaker(SERVER_RULES)
