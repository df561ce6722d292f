import type { Draft } from './draft.ts'

/** What a step sets out to do, in its first sentence. */
const ACTS = [
  /^(?:deploy|push|merge|publish|release|roll ?out|ship)\b/i,
  /^(?:execute|perform|run|start)\b(?: [\w-]+){0,3} (?:deployment|rollout|release|migration)\b/i,
  /^implement\b.{0,40}\bmitigation\b/i,
]
/** Commands that other people see at once. */
const COMMANDS =
  /\bgit push\b|\bpush to (?:the )?remote\b|\bgh pr (?:create|merge)\b|\bcreate (?:the|a) (?:PR|pull request) (?:using|with)\b|\bgit merge\b|\b(?:npm|cargo|twine|docker) (?:publish|push|upload)\b|\b(?:kubectl|terraform) apply\b/i

const UNDO_HEADING = /^#{1,6} .*\broll-?\s?back\b.*$/im
const MAX_UNDO = 2000

/** Whether a step changes what others see: it deploys, merges, pushes or publishes. */
export function hasEffect({ agent, prompt, description }: Draft): boolean {
  const aims = [description ?? '', findObjective(prompt)].map((text) => text.replace(/^[A-Z]+: */, '').trim())
  if (aims.some((aim) => ACTS.some((act) => act.test(aim)))) return true
  return agent === undefined && COMMANDS.test(prompt)
}

/** The first sentence that does not begin with "You are a …". */
function findObjective(prompt: string): string {
  const sentences = prompt.slice(0, 1000).split(/(?<=[.:])\s+|\n+/)
  return sentences.find((sentence) => sentence.trim() !== '' && !/^\s*you are\b/i.test(sentence)) ?? ''
}

/** How to undo a run, if the command describes it. */
export function rollbackAdvice(body: string, effects: readonly Draft[]): string | object {
  const own = undoIn(body)
  if (effects.length === 0)
    return [
      'The import found no step that deploys, merges, pushes or publishes. What a run writes is in its working tree: discard it there.',
      ...(own === '' ? [] : [`The source says:\n${own}`]),
    ].join('\n\n')
  const names = effects.map(({ name }) => name).join(', ')
  return {
    summary: [
      `The source has no step that undoes what ${names} may have changed: decide by hand how to undo that. What the other steps write is in the working tree: discard it there.`,
      ...(own === '' ? [] : [`The source says:\n${own}`]),
    ].join('\n\n'),
    irreversible: effects.map(({ id }) => id),
  }
}

/** The lines below a heading about rolling back, wherever it stands. */
function undoIn(body: string): string {
  const heading = UNDO_HEADING.exec(body)
  if (!heading) return ''
  const rest = body.slice(heading.index + heading[0].length).replace(/^\n+/, '')
  const end = rest.search(/\n\s*(?:#{1,6} |`{3}|\n\s*#)/)
  return (end < 0 ? rest : rest.slice(0, end)).trim().slice(0, MAX_UNDO)
}
