/** What a permission of a manifest lets an agent do. `write` includes `read`. */
export type PermissionGroup = 'read' | 'write' | 'shell' | 'network'

export const GROUPS: readonly PermissionGroup[] = ['read', 'write', 'shell', 'network']

/** Tools that ask for a group: Claude's names, then those of GitHub Copilot. Names that say less grant nothing. */
const GRANTING: Readonly<Record<PermissionGroup, ReadonlySet<string>>> = {
  read: words(
    'Read Glob Grep LS NotebookRead search read codebase read/readFile search/codebase search/fileSearch search/textSearch search/listDirectory',
  ),
  write: words('Write Edit MultiEdit NotebookEdit edit editFiles edit/editFiles edit/createFile'),
  shell: words('Bash execute runCommands execute/runInTerminal'),
  network: words('WebFetch WebSearch web fetch web/fetch'),
}
/** They watch or end what a shell has started, and start nothing. */
const BESIDE_SHELL = words('BashOutput KillBash KillShell')

/** Tools whose names hold a word of a group and that do nothing of it. */
const HARMLESS = words(
  'todowrite todoread todo todos tasklist taskcreate taskupdate taskget taskoutput taskstop listmcpresources listmcpresourcestool readmcpresource readmcpresourcetool toolsearch croncreate crondelete cronlist',
)
/** Words in the folded name of a tool that is unknown here, as other hosts call theirs. */
const SPEAKING: Readonly<Record<PermissionGroup, RegExp>> = {
  read: /read|view|glob|grep|search|list|file|dir|codebase|^fs|^ls$/,
  write: /writ|edit|patch|create|delete|remove|rename|replace|modif|file|directory|^fs|^mv$/,
  shell: /shell|bash|exec|command|terminal|process|script|^run|^sh$/,
  network: /fetch|web|http|url|brows|network|internet|download|curl/,
}

/** A name in lower case without joints, quotes and other marks: tools are denied in any spelling. */
export function foldTool(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9*/]/g, '')
}

/** A tool without the rule that limits it: `Bash(git log:*)` is a rule on `Bash`. */
export function withoutRule(tool: string): string {
  return tool.replace(/\([\s\S]*$/, '').trim()
}

/** The group that a tool asks for; `none` for one that needs no permission, undefined for an unknown one. */
export function findGroup(name: string): PermissionGroup | 'none' | undefined {
  if (BESIDE_SHELL.has(name)) return 'none'
  return GROUPS.find((group) => GRANTING[group].has(name))
}

/** The groups of which a denied tool, or a pattern with stars over folded names, takes something away. */
export function groupsDeniedBy(pattern: string): PermissionGroup[] {
  const matching = GROUPS.filter((group) => listNames(group).some((name) => matches(pattern, name)))
  const word = pattern.replaceAll('*', '')
  const isSilent = matching.length > 0 || word === '' || HARMLESS.has(word)
  const spoken = isSilent ? [] : GROUPS.filter((group) => SPEAKING[group].test(word))
  const denied = [...matching, ...spoken]
  return denied.includes('read') && !denied.includes('write') ? [...denied, 'write'] : denied
}

/** Whether a folded name fits a pattern in which a star stands for any text. */
export function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return first === name
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const [index, part] of rest.entries()) {
    const next = index === rest.length - 1 ? name.length - part.length : name.indexOf(part, at)
    if (next < at || !name.startsWith(part, next)) return false
    at = next + part.length
  }
  return true
}

function listNames(group: PermissionGroup): string[] {
  return [...GRANTING[group], ...(group === 'shell' ? BESIDE_SHELL : [])].map(foldTool)
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
