import { FENCE } from '../outline.ts'

/** A call of an agent as a command writes it. */
export interface AgentTask {
  /** As it is written: `backend-architect`, `general-purpose`, `plugin:agent`. */
  agent: string
  description?: string
  /** Absent if the source only describes the prompt. */
  prompt?: string
}

const AGENT = /^\s*subagent_type\s*[:=]\s*["'`]?([A-Za-z][\w.:-]*?)["'`]?\s*$/
const FIELD = /^(\s*)(description|prompt)\s*:\s*(.*)$/
const INLINE = /`?subagent_type`?\s*[=:]\s*["'`]([A-Za-z][\w.:-]*)["'`]/g
const PROMPT_BLOCK = /^(\s*)(?:[-*]\s+)?`?prompt`?:\s*\|[-+]?\s*$/i

/** The calls that a block holds: each starts with its `subagent_type`. None when the block is something else. */
export function blockTasks(lines: readonly string[]): AgentTask[] {
  const starts = lines.flatMap((line, index) => (AGENT.test(line) ? [index] : []))
  const first = lines.findIndex((line) => line.trim() !== '')
  const isCall = first >= 0 && (/^\s*(Task|Agent)\s*:?\s*$/.test(lines[first] ?? '') || starts[0] === first)
  if (!isCall) return []
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length
    const inside = lines.slice(start + 1, end)
    const next = inside.findLastIndex((line) => /^\s*(Task|Agent)\s*:\s*$/.test(line))
    const own = index + 1 < starts.length && next >= 0 ? inside.slice(0, next) : inside
    return { agent: AGENT.exec(lines[start] ?? '')?.[1] ?? '', ...parseFields(own) }
  })
}

function parseFields(lines: readonly string[]): Omit<AgentTask, 'agent'> {
  const fields: Omit<AgentTask, 'agent'> = {}
  for (const [index, line] of lines.entries()) {
    const [, , key, value = ''] = FIELD.exec(line) ?? []
    if (key === 'description') fields.description = unquote(value)
    if (key !== 'prompt') continue
    const prompt = /^[|>][-+]?$/.test(value.trim()) ? dedent(lines.slice(index + 1)) : unquote(value)
    return prompt === '' ? fields : { ...fields, prompt }
  }
  return fields
}

/** Calls in running text: `Use the Task tool with subagent_type="x"`, and the prompts that follow them. */
export function inlineTasks(text: string): AgentTask[] {
  const agents = [...withoutBlocks(text).matchAll(INLINE)].map((match) => ({
    agent: match[1] ?? '',
    at: match.index,
  }))
  return agents.map(({ agent, at }, index) => {
    const rest = text.slice(at, agents[index + 1]?.at)
    const prompt = promptBlock(rest) ?? quotedPrompt(rest)
    return { agent, ...(prompt ? { prompt } : {}) }
  })
}

/** The text with blanks for its code blocks: their content is an example, not a call. */
function withoutBlocks(text: string): string {
  let fence: string | undefined
  const lines = text.split('\n').map((line) => {
    const mark = FENCE.exec(line)?.[1]
    const isInside = fence !== undefined || mark !== undefined
    if (fence === undefined) fence = mark
    else if (mark?.startsWith(fence)) fence = undefined
    return isInside ? ' '.repeat(line.length) : line
  })
  return lines.join('\n')
}

/** `- Prompt: |` and the lines that are indented further. */
function promptBlock(text: string): string | undefined {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => PROMPT_BLOCK.test(line))
  if (start < 0) return undefined
  const depth = PROMPT_BLOCK.exec(lines[start] ?? '')?.[1]?.length ?? 0
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.trim() !== '' && line.search(/\S/) <= depth)
  return dedent(end < 0 ? rest : rest.slice(0, end))
}

/** `Prompt: "…"`, over as many lines as there are up to the last one that ends with a quote. */
function quotedPrompt(text: string): string | undefined {
  const opened = /^[ \t]*(?:[-*][ \t]+)?prompt:[ \t]*"/im.exec(text)
  if (!opened) return undefined
  const lines = text.slice(opened.index + opened[0].length).split('\n')
  const end = lines.findLastIndex((line) => /"[ \t]*$/.test(line))
  if (end < 0) return undefined
  const last = (lines[end] ?? '').trimEnd().slice(0, -1)
  return [...lines.slice(0, end), last].join('\n').trim()
}

/**
 * Takes the first line's indentation from all lines; from the leading ones alone where later lines have less of it,
 * as a call has that stopped being YAML after its first lines.
 */
function dedent(lines: readonly string[]): string {
  const depth = Math.max(0, (lines.find((line) => line.trim() !== '') ?? '').search(/\S/))
  const less = lines.findIndex((line) => line.trim() !== '' && line.search(/\S/) < depth)
  const until = less < 0 ? lines.length : less
  const cut = lines.map((line, index) => (index < until ? line.slice(Math.min(depth, line.length)) : line))
  return cut
    .join('\n')
    .replace(/^(\s*\n)+/, '')
    .trimEnd()
}

function unquote(value: string): string {
  const text = value.trim()
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text
}
