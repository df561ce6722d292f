import { isObject } from '../../contract/fields/older-layout.ts'
import type { WriteOptions, Written, WrittenFile } from '../contract/format.ts'
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
export async function asBlock(whole: Written, { earlier }: WriteOptions): Promise<Written> {
  const findings = await Promise.all(
    whole.files.map(async (file) => {
      const problem = await findClash(file, outside(earlier?.(file.path) ?? ''))
      const [of] = file.from
      if (problem === undefined || !of) return []
      const hint = 'change it in that file, or rename the server in the mcp.json of its agent'
      const place = { file: 'agent.json', pointer: [] }
      return [{ ...exportFinding('NOFX_EXPORT_TAKEN', place, `${file.path} ${problem}`, hint), of }]
    }),
  )
  return {
    ...whole,
    files: whole.files.map((file) => ({ ...file, section: MARKS })),
    findings: [...whole.findings, ...findings.flat()],
  }
}

/** The text without the block. */
function outside(text: string): string {
  const [from, to] = [text.indexOf(`${MARKS.start}\n`), text.indexOf(MARKS.end)]
  return from < 0 || to < from ? text : `${text.slice(0, from)}${text.slice(to + MARKS.end.length)}`
}

/** Why a block cannot be added to a file. */
async function findClash({ content }: WrittenFile, text: string): Promise<string | undefined> {
  const [theirs, ours] = [await parseToml(text), await parseToml(String(content))]
  if (!theirs.ok) return `is not TOML: ${theirs.message}`
  const { mcp_servers: present } = theirs.data
  const names = ours.ok && isObject(ours.data.mcp_servers) ? Object.keys(ours.data.mcp_servers) : []
  const namesake = names.find((name) => isObject(present) && Object.hasOwn(present, name))
  if (namesake !== undefined) return `has a server "${namesake}" that no export wrote`
  const merged = await parseToml(`${text}\n${content}`)
  return merged.ok ? undefined : 'has mcp_servers in a form that takes no more tables'
}
