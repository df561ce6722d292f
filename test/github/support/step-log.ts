/** What GitHub reads in the lines that a step prints. */
export interface StepLog {
  /** Commands that it would obey, as they were printed. */
  commands: string[]
  /** Outputs that were set by the old command, which it still obeys. */
  outputs: Record<string, string>
}

/**
 * Reads a log as the runner does (actions/runner, ActionCommand.cs): a command starts a line, after blanks, or is of the
 * old form `##[…]` anywhere in it; between `stop-commands` and its word nothing counts.
 */
export function readLog(text: string): StepLog {
  const commands: string[] = []
  const outputs: Record<string, string> = {}
  let stopped: string | undefined
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name = '', properties = '', value = ''] = /^\s*::([\w-]+)(?: (.*?))?::(.*)$/.exec(line) ?? []
    if (stopped !== undefined) {
      if (name === stopped) stopped = undefined
    } else if (name === 'stop-commands') stopped = value
    else if (name || /##\[[\w-]+.*\]/.test(line)) {
      commands.push(line)
      if (name === 'set-output') outputs[properties.replace('name=', '')] = value
    }
  }
  return { commands, outputs }
}
