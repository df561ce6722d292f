import { NO_POWERS, type Powers } from './powers.ts'

/** A client whose agents have a list of tools. */
export type ToolClient = 'claude' | 'copilot' | 'gemini'

/** What a tool needs a permission for. */
export type ToolGroup = 'read' | 'write' | 'shell' | 'web'

/** The tools of a group: those that an export writes, and further names that mean no more. */
interface ToolNames {
  writes: readonly string[]
  knows: readonly string[]
}

interface ToolTable extends Record<ToolGroup, ToolNames> {
  /** Tools that need no permission. */
  harmless: readonly string[]
  /** How the client writes one host that may be fetched from, if it can. */
  host?: { write(host: string): string; pattern: RegExp }
  /** How it writes a server's tool; without one, all tools of the server. */
  serverTool(server: string, tool?: string): string
}

/**
 * Permissions and tools of each client. A name that is not here grants nothing, and a name with a rule in parentheses
 * neither. `write` includes reading, in permissions as in the lists that are written.
 */
export const TOOLS: Readonly<Record<ToolClient, ToolTable>> = {
  claude: {
    read: names('Read Grep Glob', 'LS NotebookRead'),
    write: names('Write Edit', 'MultiEdit NotebookEdit'),
    shell: names('Bash'),
    web: names('WebFetch WebSearch'),
    harmless: words(
      'TodoWrite TodoRead TaskCreate TaskGet TaskList TaskUpdate BashOutput KillBash KillShell AskUserQuestion',
    ),
    host: { write: (host) => `WebFetch(domain:${host})`, pattern: /^WebFetch\(domain:([a-z0-9.-]+)\)$/ },
    serverTool: (server, tool) => (tool === undefined ? `mcp__${server}` : `mcp__${server}__${tool}`),
  },
  copilot: {
    read: names(
      'read search',
      'codebase read/readFile search/codebase search/fileSearch search/textSearch search/listDirectory',
    ),
    write: names('edit', 'editFiles edit/editFiles edit/createFile'),
    shell: names('execute', 'runCommands execute/runInTerminal'),
    web: names('web', 'fetch web/fetch'),
    harmless: words('todo todos'),
    serverTool: (server, tool = '*') => `${server}/${tool}`,
  },
  gemini: {
    read: names('read_file read_many_files glob grep_search list_directory', 'search_file_content'),
    write: names('write_file replace'),
    shell: names('run_shell_command'),
    web: names('web_fetch google_web_search'),
    harmless: words('write_todos ask_user update_topic complete_task'),
    serverTool: (server, tool = '*') => `mcp_${server}_${tool}`,
  },
}

const GROUPS: readonly ToolGroup[] = ['read', 'write', 'shell', 'web']

/** The tools for some powers. Hosts that the client cannot name are left out: `web` alone would reach them all. */
export function toolsFor(client: ToolClient, { filesystem, shell, hosts }: Powers): string[] {
  const table = TOOLS[client]
  const isEvery = hosts.includes('*')
  const groups = GROUPS.filter(
    (group) =>
      (group === 'read' && filesystem !== 'none') ||
      (group === 'write' && filesystem === 'write') ||
      (group === 'shell' && shell) ||
      (group === 'web' && isEvery),
  )
  const hostTools = isEvery ? [] : writableHosts(client, hosts).map((host) => table.host?.write(host) ?? '')
  return [...groups.flatMap((group) => table[group].writes), ...hostTools]
}

/** The hosts that the client's list of tools can name; one star is every host. */
export function writableHosts(client: ToolClient, hosts: readonly string[]): string[] {
  const { host } = TOOLS[client]
  if (hosts.includes('*')) return ['*']
  return host ? hosts.filter((one) => host.pattern.test(host.write(one))) : []
}

/** The powers that a client's tools ask for. Deny is the default: an unknown tool grants nothing. */
export function powersFor(client: ToolClient, tools: readonly string[]): Powers {
  const table = TOOLS[client]
  const has = (group: ToolGroup) =>
    tools.some((tool) => table[group].writes.includes(tool) || table[group].knows.includes(tool))
  const hosts = tools.flatMap((tool) => table.host?.pattern.exec(tool)?.[1] ?? [])
  return {
    filesystem: has('write') ? 'write' : has('read') ? 'read' : NO_POWERS.filesystem,
    shell: has('shell'),
    hosts: has('web') ? ['*'] : [...new Set(hosts)].sort(),
  }
}

/** Whether a client's tool needs no permission. */
export function isHarmless(client: ToolClient, tool: string): boolean {
  return TOOLS[client].harmless.includes(tool)
}

function names(writes: string, knows = ''): ToolNames {
  return { writes: words(writes), knows: words(knows) }
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}
