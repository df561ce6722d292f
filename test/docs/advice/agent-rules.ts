import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { AGENT_RULES } from '../../../src/plugins/agents/rules/catalogue.ts'

/** What to do about a finding of the kind `agents`. */
export const AGENT_ADVICE: Record<Exclude<keyof typeof AGENT_RULES, keyof typeof FIELD_RULES>, string> = {
  NOFX_SKILL_MISSING: 'Add a skill with `id`, `name` and `description`, or set `"status": "draft"`.',
  NOFX_SKILL_DUPLICATE: 'Give each skill its own id; case makes no difference.',
  NOFX_PROMPT_SYSTEM_MISSING: 'Add `system` to `prompts`.',
  NOFX_PROMPT_ROLE: 'Write `system`, or leave the role out.',
  NOFX_PROMPT_ASSET: 'Move the file to `prompts/`.',
  NOFX_PROMPT_VARIABLE_UNDECLARED:
    'Declare it under `variables` of the prompt, or write `\\{{` for plain braces.',
  NOFX_PROMPT_VARIABLE_DUPLICATE: 'Remove one of them.',
  NOFX_PROMPT_VARIABLE_UNUSED: 'Remove it, or use it in the text.',
  NOFX_MCP_TRANSPORT_SSE: 'Use `streamable-http` when the server offers it.',
  NOFX_MCP_URL_INVALID: 'Write it as `https://host/path`, without odd spellings of the host.',
  NOFX_MCP_URL_LENGTH: 'Use at most 2048 characters.',
  NOFX_MCP_URL_SCHEME: 'Use a public https URL.',
  NOFX_MCP_URL_USERINFO: 'Pass it as a header that refers to a secret by its name.',
  NOFX_MCP_URL_FRAGMENT: 'Remove `#` and what follows.',
  NOFX_MCP_URL_TOKEN: 'Pass it as a header that refers to a secret by its name.',
  NOFX_MCP_URL_LOOPBACK: 'Use a public https URL, or set `"status": "draft"`.',
  NOFX_MCP_URL_PRIVATE: 'Use a public https URL: a shared runtime must not reach into a private network.',
  NOFX_MCP_URL_VARIABLE: 'Declare it under `variables` of the server, and keep at least the domain fixed.',
  NOFX_MCP_URL_VARIABLE_UNUSED: 'Remove it, or use `{name}` in the URL.',
  NOFX_MCP_URL_DUPLICATE: 'Keep one of the two servers.',
  NOFX_MCP_VALUE_LITERAL:
    'Keep the whole value as a secret, list its name in `permissions.secrets` and refer to it by its name.',
  NOFX_MCP_SECRET_UNDECLARED: 'Add the name to `permissions.secrets`.',
  NOFX_MCP_PLACEHOLDER:
    'Write the value itself, or the name of a secret in its one form: defaults, commands and variables of a shell are passed on as they are.',
  NOFX_MCP_COMMAND_SHELL: 'Name the program in `command`, and give each argument its own entry in `args`.',
  NOFX_MCP_PACKAGE_UNPINNED:
    'Name an exact version: `name@1.2.3`, `name==1.2.3`, `image:1.2.3` or `image@sha256:…`.',
  NOFX_MCP_TOOL_DUPLICATE: 'Remove one of them.',
  NOFX_MCP_TOOL_ANY: 'Name the tools that the agent needs.',
  NOFX_PERMISSION_HOST_MISSING: 'Add the host to `permissions.hosts`.',
  NOFX_PERMISSION_HOST_PRIVATE: 'Name public hosts only.',
  NOFX_PERMISSION_NETWORK: 'Set `permissions.network` to true, or remove the hosts.',
  NOFX_PERMISSION_DUPLICATE: 'Remove one of them.',
  NOFX_DEPENDENCY_DUPLICATE: 'Remove one of them.',
  NOFX_DEPENDENCY_UNPINNED: 'Name an exact version, such as `npm:zod@4.1.0`.',
}
