import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { SHARED_MCP_RULES } from '../../../src/plugins/agents/rules/shared-mcp-rules.ts'
import type { SERVER_RULES } from '../../../src/plugins/servers/rules/catalogue.ts'

/** What to do about a finding of the kind `servers`, beside those that agents have as well. */
export const SERVER_ADVICE: Record<
  Exclude<keyof typeof SERVER_RULES, keyof typeof FIELD_RULES | keyof typeof SHARED_MCP_RULES>,
  string
> = {
  NOFX_SERVER_NOWHERE: 'Add `packages` or `remotes`, or remove the server.',
  NOFX_SERVER_SHA256_MISSING: 'Add `fileSha256`: `sha256sum <file>` prints it.',
  NOFX_SERVER_SECRET_LITERAL: 'Remove `value` and `default`; the user of the server gives the secret.',
  NOFX_SERVER_INPUT_DUPLICATE: 'Remove one of the two.',
}
