import { shownList } from '../../../contract/fields/compare.ts'

/** Length up to which a table or a comment never cuts a line. */
const SHORT = 120

/** Options that give a program power over the machine: of container runtimes, runtimes with permissions, browsers. */
const POWER =
  /^(?:--(?:privileged|cap-add|device|volume|volumes-from|mount|security-opt|net|network|pid|ipc|userns|uts|cgroup|user|group-add|entrypoint|env-file|publish|add-host|runtime|allow-[\w-]+|eval|require|import|inspect\S*|no-sandbox|disable-\S*|unsafe\S*|dangerously\S*|skip-\S*|no-verify\S*|yolo|trust\S*|root|chroot)|-[vuApe]|-A)(?:=|$)/
/** Values that give such power whatever the option is called. */
const POWERFUL =
  /(?:^|[=,:])(?:\/(?=$|:)|\/(?:etc|proc|sys|dev|var\/run|run|root|home)(?:\/|:|$)|host$)|docker\.sock|\.ssh\b|^(?:sudo|doas|root)$/
/** Options among these that take no value. */
const ALONE =
  /^(?:--privileged|--no-sandbox|--yolo|--allow-[\w-]+|-A|--dangerously\S*|--unsafe\S*|--disable-\S*)$/

/**
 * A command with all its arguments. In a long command, the arguments that give power come first, so that arguments
 * put before them cannot push them out of view.
 */
export function shownCommand(command: string, args: readonly string[]): string {
  const whole = shownList([command, ...args])
  const power = powerOf(args)
  if (whole.length <= SHORT || power.length === 0) return whole
  return `${shownList([command])} with ${shownList(power)}, in full: ${whole}`
}

/** The arguments that give power, options together with their values, without repetitions. */
function powerOf(args: readonly string[]): string[] {
  const found = new Set<string>()
  for (const [at, arg] of args.entries()) {
    const next = args[at + 1]
    if (POWER.test(arg)) {
      const takesNext = !arg.includes('=') && !ALONE.test(arg) && next !== undefined && !next.startsWith('-')
      found.add(takesNext ? `${arg} ${next}` : arg)
    } else if (POWERFUL.test(arg) && !(at > 0 && found.has(`${args[at - 1]} ${arg}`))) found.add(arg)
  }
  return [...found]
}
