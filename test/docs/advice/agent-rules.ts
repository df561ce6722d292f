import type { FIELD_RULES } from '../../../src/contract/fields/rules.ts'
import type { AGENT_RULES } from '../../../src/plugins/agents/rules/catalogue.ts'

/** What to do about a finding of the kind `agents`. */
export const AGENT_ADVICE: Record<Exclude<keyof typeof AGENT_RULES, keyof typeof FIELD_RULES>, string> = {
  NOFX_SKILL_MISSING: 'Add a skill with `id`, `name` and `description`, or set `"status": "draft"`.',
  NOFX_SKILL_DUPLICATE: 'Give each skill its own id; case makes no difference.',
  NOFX_PROMPT_SYSTEM_MISSING: 'Add `system` to `prompts`.',
  NOFX_PROMPT_ROLE: 'Set the role to `system`, or leave it out.',
  NOFX_PROMPT_ASSET: 'Move the file to `prompts/`.',
  NOFX_PROMPT_VARIABLE_UNDECLARED:
    'Declare the variable under `variables` of the prompt, or write `\\{{` for plain braces.',
  NOFX_PROMPT_VARIABLE_NAME: 'Write the name with `_`, or write `\\{{` for plain braces.',
  NOFX_PROMPT_VARIABLE_DUPLICATE: 'Remove one of the two declarations.',
  NOFX_PROMPT_VARIABLE_UNUSED: 'Remove the variable, or use it in the text.',
  NOFX_MCP_FILE_UNNAMED: 'Add `"mcp": "mcp.json"` to the manifest, or remove the file.',
  NOFX_MCP_FORM: 'Write the line that the hint shows.',
  NOFX_MCP_FIELD_UNSUPPORTED: 'Remove the field, or write the line that the hint shows.',
  NOFX_MCP_TRANSPORT_SSE: 'Use `streamable-http` if the server offers it.',
  NOFX_MCP_URL_INVALID: 'Write the URL as `https://host/path`, with the host in its usual spelling.',
  NOFX_MCP_URL_LENGTH: 'Shorten the URL to at most 2048 characters.',
  NOFX_MCP_URL_SCHEME: 'Use a public https URL.',
  NOFX_MCP_URL_USERINFO: 'Pass the credentials in a header that refers to a secret by its name.',
  NOFX_MCP_URL_FRAGMENT: 'Remove `#` and the text after it.',
  NOFX_MCP_URL_TOKEN: 'Pass the token in a header that refers to a secret by its name.',
  NOFX_MCP_URL_LOOPBACK: 'Use a public https URL, or set `"status": "draft"`.',
  NOFX_MCP_URL_PRIVATE:
    'Use a public https URL, because a shared runtime must not reach into a private network.',
  NOFX_MCP_URL_VARIABLE:
    'Declare the variable under `variables` of the server, and write at least the domain without variables.',
  NOFX_MCP_URL_VARIABLE_UNUSED: 'Remove the variable, or use `{name}` in the URL.',
  NOFX_MCP_URL_DUPLICATE: 'Keep one of the two servers.',
  NOFX_MCP_VALUE_LITERAL:
    'Store the whole value as a secret, list its name in `permissions.secrets`, and refer to it by that name.',
  NOFX_MCP_SECRET_UNDECLARED: 'Add the name to `permissions.secrets`.',
  NOFX_MCP_PLACEHOLDER:
    'Write the value itself, or refer to a secret by its name. Shell variables, defaults and commands are not evaluated.',
  NOFX_MCP_COMMAND_SHELL: 'Name the program in `command`, and write each argument as an entry of `args`.',
  NOFX_MCP_PATH_HOME: 'Write a path that exists wherever the agent runs, or the name of a program.',
  NOFX_MCP_PACKAGE_UNPINNED:
    'Name an exact version: `name@1.2.3`, `name==1.2.3`, `image:1.2.3` or `image@sha256:…`.',
  NOFX_MCP_FROM_VERSION: 'Compare the entry with the server, then write its version into `from`.',
  NOFX_MCP_TOOL_DUPLICATE: 'Remove one of the two entries.',
  NOFX_MCP_TOOL_ANY: 'Name the tools that the agent needs.',
  NOFX_PERMISSION_HOST_MISSING: 'Add the host to `permissions.hosts`.',
  NOFX_PERMISSION_HOST_PRIVATE: 'List public hosts only.',
  NOFX_PERMISSION_NETWORK: 'Set `permissions.network` to true, or remove the hosts.',
  NOFX_PERMISSION_DUPLICATE: 'Remove one of the two entries.',
  NOFX_DEPENDENCY_DUPLICATE: 'Remove one of the two entries.',
  NOFX_DEPENDENCY_UNPINNED: 'Name an exact version, such as `npm:zod@4.1.0`.',
}
