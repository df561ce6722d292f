import { isRestricting } from '../claude-agents/restrictions.ts'
import { findFront, hasField, isBelow, looksLikeAgent, strayInAgents } from '../sources/claude-files.ts'
import type { Foreign, ForeignFile, ImportFormat, ReadOptions } from '../sources/format.ts'
import { readFrontMatter } from '../sources/front-matter.ts'
import { makeAgent, textOf, without } from './make-agent.ts'

const READING = ['Read']
const ALL = ['Read', 'Write', 'Bash']

/** Subagents of Cursor: Markdown in `.cursor/agents`, or with fields that only Cursor has. */
export const cursorAgents = {
  id: 'cursor',
  kind: 'agents',
  manifestFile: 'agent.json',
  extension: '.md',
  usesPlugin: false,
  matches: (path) => /(?:^|\/)\.cursor\//.test(path) && isBelow('agents', path),
  recognises: (text, path) => isBelow('agents', path) && isCursors(text),
  isSure: isCursors,
  stray: strayInAgents,
  read: readCursor,
} satisfies ImportFormat

function isCursors(text: string): boolean {
  const front = looksLikeAgent(text) ? findFront(text) : undefined
  return front !== undefined && ['readonly', 'is_background'].some((name) => hasField(front, name))
}

async function readCursor(file: ForeignFile, options: ReadOptions): Promise<Foreign> {
  const matter = await readFrontMatter(file, [], isRestricting)
  if ('rule' in matter) return { ok: false, findings: [matter] }
  const { data } = matter
  const name = textOf(data.model)
  const model = name === undefined || name === 'inherit' ? undefined : { name }
  const tools = data.readonly === true ? READING : data.readonly === false ? ALL : undefined
  const mapped = ['name', 'description', ...(typeof data.model === 'string' ? ['model'] : [])]
  const powers = { ...without(data, ['readonly']), ...(tools && { tools }) }
  return makeAgent(file.path, { matter, model, powers, keptFields: without(data, mapped) }, options)
}
