import { isObject } from '../../contract/is-object.ts'
import type { ExportFinding, WriteOptions, Written, WrittenFile } from '../contract/format.ts'
import { exportFinding } from '../contract/rules.ts'
import { parseToml } from '../texts/parse-toml.ts'

const MARKS = { start: '# nofx:start', end: '# nofx:end' }

/** The servers of Gemini CLI are members of its settings, whose other values belong to the person. */
export function asMembers(whole: Written): Written {
  const files = whole.files.map((file) => {
    const { mcpServers } = JSON.parse(String(file.content)) as { mcpServers: object }
    return { ...file, members: { key: 'mcpServers', names: Object.keys(mcpServers) } }
  })
  return { ...whole, files }
}

/** The servers of Codex are a block at the end of its configuration, so that comments and order stay. */
export async function asBlock(whole: Written, options: WriteOptions): Promise<Written> {
  const parts = await Promise.all(whole.files.map((file) => addBlock(file, options)))
  return {
    ...whole,
    files: parts.map(({ file }) => file),
    findings: [...whole.findings, ...parts.flatMap(({ findings }) => findings)],
  }
}

async function addBlock(
  file: WrittenFile,
  { earlier, force = false }: WriteOptions,
): Promise<{ file: WrittenFile; findings: ExportFinding[] }> {
  const text = outside(earlier?.(file.path) ?? '')
  const rest = force ? await withoutTables(text, await serverNames(String(file.content))) : undefined
  const clash = await findClash(file, rest ?? text)
  const [of] = file.from
  const block = { ...file, section: MARKS, ...(rest === undefined || rest === text ? {} : { rest }) }
  if (!clash || !of) return { file: block, findings: [] }
  const hint = force && clash.hint === REPLACE ? 'remove it from that file' : clash.hint
  const place = { file: of.kind === 'servers' ? 'server.json' : 'agent.json', pointer: [] }
  const finding = exportFinding('NOFX_EXPORT_TAKEN', place, `${file.path} ${clash.problem}`, hint)
  return { file: block, findings: [{ ...finding, of }] }
}

/** The servers of a document, by name. */
async function serverNames(toml: string): Promise<string[]> {
  const read = await parseToml(toml)
  return read.ok && isObject(read.data.mcp_servers) ? Object.keys(read.data.mcp_servers) : []
}

const HEADER = /^\s*\[/
const SERVER_HEADER = /^\s*\[\s*mcp_servers\s*\.\s*(?:"([^"\\]*)"|'([^']*)'|([\w-]+))\s*[.\]]/

/** The text without the tables of some servers; undefined where these cannot be taken out line by line. */
async function withoutTables(text: string, names: readonly string[]): Promise<string | undefined> {
  const lines: string[] = []
  // Comments above the next table stay with it.
  let comments: string[] = []
  let isTheirs = true
  for (const line of text.split(/(?<=\n)/)) {
    if (HEADER.test(line)) {
      lines.push(...comments.splice(0))
      const [, ...quoted] = SERVER_HEADER.exec(line) ?? []
      isTheirs = !names.includes(quoted.find((name) => name !== undefined) ?? '')
    }
    if (isTheirs) lines.push(line)
    else if (/^\s*(?:#|$)/.test(line)) comments.push(line)
    else comments = []
  }
  const rest = [...lines, ...comments].join('')
  return (await isWithout(rest, text, names)) ? rest : undefined
}

/** Whether a document is another one without some servers, and loses nothing else. */
async function isWithout(rest: string, whole: string, names: readonly string[]): Promise<boolean> {
  const [now, before] = [await parseToml(rest), await parseToml(whole)]
  if (!now.ok || !before.ok) return false
  const { mcp_servers: left = {}, ...others } = now.data
  const { mcp_servers: present = {}, ...theirs } = before.data
  if (!isObject(left) || !isObject(present)) return false
  const otherServers = Object.entries(present).filter(([name]) => !names.includes(name))
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
  return same(left, Object.fromEntries(otherServers)) && same(others, theirs)
}

/** The text without the block. */
function outside(text: string): string {
  const [from, to] = [text.indexOf(`${MARKS.start}\n`), text.indexOf(MARKS.end)]
  return from < 0 || to < from ? text : `${text.slice(0, from)}${text.slice(to + MARKS.end.length)}`
}

const REPLACE = 'rename the server in its definition, or replace theirs with --force'

/** Why a block cannot be added to a file, and what to do. */
async function findClash(
  { content }: WrittenFile,
  text: string,
): Promise<{ problem: string; hint: string } | undefined> {
  const theirs = await parseToml(text)
  if (!theirs.ok) return { problem: `is not TOML: ${theirs.message}`, hint: 'correct that file' }
  const { mcp_servers: present } = theirs.data
  const names = await serverNames(String(content))
  const namesake = names.find((name) => isObject(present) && Object.hasOwn(present, name))
  if (namesake !== undefined)
    return { problem: `has a server "${namesake}" that no export wrote`, hint: REPLACE }
  const merged = await parseToml(`${text}\n${content}`)
  if (merged.ok) return undefined
  const hint = 'write each server there as a table: [mcp_servers.<name>]'
  return { problem: 'has mcp_servers in a form that takes no more tables', hint }
}
