import { spawn } from 'node:child_process'

/** Exit statuses with which a shell reports that it could not start the pager. */
const NOT_STARTED = [126, 127]

/** The command of the pager, as git finds it; undefined where the output is not to be paged. */
export function choosePager({ NOFX_PAGER, PAGER, TERM }: NodeJS.ProcessEnv): string | undefined {
  const command = (NOFX_PAGER ?? PAGER ?? 'less').trim()
  return TERM === 'dumb' || command === '' || command === 'cat' ? undefined : command
}

/**
 * Shows a text in the pager of the environment, and waits until the reader leaves it. `LESS` is `FRX` unless it is
 * set: less then ends at once when the text fits, passes colours on, and leaves the text on the screen.
 * @returns false when there is no pager, or it cannot be started: then nothing was shown
 */
export async function showInPager(text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const command = choosePager(env)
  if (command === undefined) return false
  const child = spawn(command, [], {
    // A command from the environment may have arguments. The default needs no shell, which would report that it is missing.
    shell: command !== 'less',
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env.LESS ?? 'FRX', LV: env.LV ?? '-c' },
  })
  // Ctrl-C belongs to the pager, which is in the same process group.
  const ignore = (): void => {}
  process.on('SIGINT', ignore)
  // The reader may leave before everything was written.
  child.stdin.on('error', ignore)
  child.stdin.end(`${text}\n`)
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(NOT_STARTED[0] ?? 1))
    child.once('close', resolve)
  })
  process.off('SIGINT', ignore)
  return status === null || !NOT_STARTED.includes(status)
}
