import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cutLine } from '../../core/lines/fit-lines.ts'
import { measureWidth } from './screen.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80
/** Returns to the start of the line and clears it. */
const CLEAR = '\r\u001b[2K'

let timer: NodeJS.Timeout | undefined

/**
 * Shows on stderr, when it is a terminal, that the command is working, until `clearSign` or the next output. The text
 * is written at once: the work that follows may not return to the event loop for seconds.
 */
export function showSign(text: string): void {
  if (!canRedraw()) return
  const { stderr } = process
  clearSign()
  let frame = 0
  const draw = (): void => {
    const line = `${FRAMES[frame++ % FRAMES.length]} ${text}…`
    stderr.write(CLEAR + cutLine(line, measureWidth(stderr) - 1))
  }
  draw()
  timer = setInterval(draw, FRAME_MS)
  timer.unref()
}

/** Removes the sign, if one is shown. Everything that writes to the terminal calls it first. */
export function clearSign(): void {
  if (timer === undefined) return
  clearInterval(timer)
  timer = undefined
  process.stderr.write(CLEAR)
}

/**
 * Shows that the command opens the registry of a project. The first time, which takes seconds, a log has a line about
 * it too.
 */
export function showOpening(root: string, env: NodeJS.ProcessEnv): void {
  const isNew = !env.SUPABASE_URL && !env.NOFX_DATABASE_URL && !existsSync(join(root, '.nofx'))
  const name = env.SUPABASE_URL ? 'the registry' : 'the embedded registry'
  const text = isNew ? `Making ${name} in .nofx/ ` : `Opening ${name}`
  if (isNew && !canRedraw()) process.stderr.write(`${text}…\n`)
  else showSign(text)
}

/** Whether stderr is a terminal on which a line can be drawn again. */
function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb'
}
