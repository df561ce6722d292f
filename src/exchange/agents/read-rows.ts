import type { FieldRow } from '../contract/format.ts'

const mapped = (field: string, reason: string): FieldRow => ({ field, outcome: 'mapped', reason })
const near = (field: string, reason: string): FieldRow => ({ field, outcome: 'approximated', reason })
const kept = (field: string, reason: string): FieldRow => ({ field, outcome: 'kept', reason })

const NAME = mapped('name', 'agentId; a name that is not an id becomes one')
const DESCRIPTION = mapped('description', 'description, up to 1024 characters; the rest is kept')
const BODY = mapped('body', 'the file of prompts.system, where braces of variables get a backslash')
const TOOLS = near(
  'tools',
  'permissions, allowedTools of servers; the list is kept as well. Without a list, nothing',
)
const REST = kept(
  '*',
  'metadata.import.kept, or a file that it names; an export to the same program gives it back',
)

/** What an import does with the fields of each program's agents; `*` is every other field. */
export const READ_ROWS = {
  claude: [
    NAME,
    DESCRIPTION,
    BODY,
    TOOLS,
    near(
      'disallowedTools',
      'a permission that covers a denied tool is not granted; the list is kept as well',
    ),
    mapped('model', 'model; "inherit" becomes no model'),
    mapped('mcpServers', 'mcp, secrets by their names; a server without an equal is kept alone'),
    near('skills', 'dependencies.skills, as far as these skills are here; the list is kept as well'),
    near('permissionMode', 'a mode that refuses tools takes permissions away; kept as well'),
    REST,
  ],
  codex: [
    NAME,
    DESCRIPTION,
    mapped('developer_instructions', 'the file of prompts.system'),
    mapped('model', 'model, of the provider openai'),
    mapped('model_reasoning_effort', 'model.params.reasoningEffort'),
    near(
      'sandbox_mode',
      'read-only: filesystem read; workspace-write: write and shell; else nothing. Kept as well',
    ),
    near('web_search', '"live" is every host; kept as well'),
    mapped('mcp_servers', 'mcp, secrets by their names; a server without an equal is kept alone'),
    REST,
  ],
  copilot: [
    mapped('name', 'name, which is shown; agentId is the name of the file'),
    DESCRIPTION,
    BODY,
    TOOLS,
    mapped('model', 'model; of a list the first, and the list is kept'),
    mapped('mcp-servers', 'mcp, secrets by their names; a server without an equal is kept alone'),
    REST,
  ],
  cursor: [
    NAME,
    DESCRIPTION,
    BODY,
    mapped('model', 'model; "inherit" becomes no model'),
    near('readonly', 'true: filesystem read; false: write and shell; without it nothing. Kept as well'),
    REST,
  ],
  gemini: [
    NAME,
    DESCRIPTION,
    BODY,
    mapped('display_name', 'name'),
    mapped('kind', '"local"; an agent of another kind is refused'),
    TOOLS,
    mapped('mcp_servers', 'mcp, secrets by their names; a server without an equal is kept alone'),
    mapped('model', 'model, of the provider google; "inherit" becomes no model'),
    mapped('temperature', 'model.params.temperature; without a model it is kept'),
    mapped('timeout_mins', 'resourceProfile.timeoutMs'),
    REST,
  ],
} as const satisfies Record<string, readonly FieldRow[]>
