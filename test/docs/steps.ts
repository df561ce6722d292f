import { type Fence, fileOf, type Page } from './pages.ts'

/**
 * One step that a reader of a page takes. `line` is a line of the page. `exit` is the exit status that the page
 * gives; `any` accepts every status except those of a wrong command line or a bug.
 */
export type Step =
  | { does: 'run'; line: number; command: string; exit: number | 'any'; shown: string[] | undefined }
  | { does: 'start'; line: number; command: string }
  | { does: 'write'; line: number; path: string; text: string }

const SHELLS = new Set(['sh', 'bash', 'console'])
/** Blocks that need an account or minutes of `npm ci`, or that `npm run gates` runs. */
const LEFT_OUT = new Set(['hosted', 'install', 'gates'])

/**
 * The steps of a page, in order. `install` includes those that a test cannot do offline and the newcomer's test does;
 * `hosted` those with a hosted project.
 */
export function stepsOf(page: Page, { install = false, hosted = false } = {}): Step[] {
  const included = new Set([...(install ? ['install'] : []), ...(hosted ? ['hosted'] : [])])
  return page.fences.flatMap((fence): Step[] => {
    const path = fileOf(fence)
    if (path) return [{ does: 'write', line: fence.line, path, text: fence.text }]
    const isLeftOut = fence.marks.some((mark) => LEFT_OUT.has(mark) && !included.has(mark))
    if (!SHELLS.has(fence.language) || isLeftOut) return []
    const commands = commandsOf(fence)
    if (!fence.marks.includes('background')) return commands
    return commands.map(({ line, command }) => ({ does: 'start', line, command }))
  })
}

/** The commands of a block, whether tests run them or not. */
export function commandsOf(fence: Fence): Extract<Step, { does: 'run' }>[] {
  const isSession = fence.language === 'console'
  const steps: Extract<Step, { does: 'run' }>[] = []
  let open: string[] = []
  for (const [index, line] of fence.text.split('\n').entries()) {
    const starts = open.length === 0
    const isShown = isSession && starts && !line.startsWith('$ ')
    if (isShown && line.trim()) steps.at(-1)?.shown?.push(line)
    if (isShown || (starts && /^\s*(#|$)/.test(line))) continue
    open.push(isSession && starts ? line.slice(2) : line)
    const command = open.join('\n')
    if (isUnfinished(command)) continue
    const exit = Number(/#\s*exit (\d+)/.exec(line)?.[1] ?? 0)
    const at = fence.line + 1 + index - (open.length - 1)
    steps.push({ does: 'run', line: at, command, exit, shown: isSession ? [] : undefined })
    open = []
  }
  if (open.length) throw new Error(`line ${fence.line}: a command does not end: ${open.join('\n')}`)
  return steps
}

/**
 * True while a shell would read another line: for an open quote, here-document, bracket or loop, or a continued line.
 */
function isUnfinished(command: string): boolean {
  const document = /<<-?\s*'?(\w+)'?/.exec(command)?.[1]
  if (document) return !new RegExp(`^\\s*${document}$`, 'm').test(command)
  const bare = withoutQuoted(command)
  if (bare === undefined || /(\\|&&|\|)$/.test(bare)) return true
  const count = (pattern: RegExp) => bare.match(pattern)?.length ?? 0
  return (
    count(/[({]/g) > count(/[)}]/g) ||
    count(/\bdo\b/g) > count(/\bdone\b/g) ||
    count(/\bthen\b/g) > count(/\bfi\b/g)
  )
}

/** Undefined if a quote is open. Quotes in a comment are ignored. */
function withoutQuoted(command: string): string | undefined {
  const bare = command.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"|(?<=^|\s)#.*$|\\./gm, '').trimEnd()
  return /['"]/.test(bare) ? undefined : bare
}
