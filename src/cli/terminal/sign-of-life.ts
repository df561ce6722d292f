import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cutLine } from '../../core/fit-lines.ts'
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
  const { stderr } = process
  if (!stderr.isTTY || process.env.TERM === 'dumb') return
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

/** What a command does while it opens the registry of a project. */
export function describeOpening(root: string, env: NodeJS.ProcessEnv): string {
  if (env.SUPABASE_URL) return 'Opening the registry'
  if (env.NOFX_DATABASE_URL || existsSync(join(root, '.nofx'))) return 'Opening the embedded registry'
  return 'Making the embedded registry in .nofx'
}
