import { shownList } from '../../../contract/fields/compare.ts'

/** Length up to which a table or a comment never cuts a line. */
const SHORT = 120

/** Options that give a program power over the machine: of container runtimes, runtimes with permissions, browsers. */
const POWER =
  /^(?:--(?:privileged|cap-add|device|volume|volumes-from|mount|security-opt|net|network|pid|ipc|userns|uts|cgroup|user|group-add|entrypoint|env-file|publish|add-host|runtime|allow-[\w-]+|eval|require|import|inspect\S*|no-sandbox|disable-\S*|unsafe\S*|dangerously\S*|skip-\S*|no-verify\S*|yolo|trust\S*|root|chroot)|-[vuApe]|-A)(?:=|$)/
/** Values that give such power whatever the option is called. */
const POWERFUL =
  /(?:^|[=,:])(?:\/(?=$|:)|\/(?:etc|proc|sys|dev|var\/run|run|root|home)(?:\/|:|$)|host$)|docker\.sock|\.ssh\b|^(?:sudo|doas|root)$/
/** Families of options, one for each of many things: a family is one sort of power. */
const FAMILY = /^--(?:allow-|inspect|disable-|unsafe|dangerously|skip-|no-verify|trust)/
/** Options among these that take no value. */
const ALONE =
  /^(?:--privileged|--no-sandbox|--yolo|--allow-[\w-]+|-A|--dangerously\S*|--unsafe\S*|--disable-\S*)$/

/** The part of one argument that is shown as an example of its power. */
const FRAGMENT = 36

/**
 * A command with all its arguments. In a long command, the arguments that give power come first, each sort of power
 * once, so that neither arguments put before them nor more of the same sort can push them out of view.
 */
export function shownCommand(command: string, args: readonly string[]): string {
  const whole = shownList([command, ...args])
  const power = describePower(args)
  if (whole.length <= SHORT || power.length === 0) return whole
  return `${shownList([clipped(command)])} with ${power.join(', ')}, in full: ${whole}`
}

/** The first example of each sort of power that the arguments give, with the number of arguments of that sort. */
function describePower(args: readonly string[]): string[] {
  const powers = new Map<string, { example: string; times: number }>()
  /** Arguments that stand in an example. */
  const shownIndices = new Set<number>()
  const note = (sort: string, example: () => string): boolean => {
    const power = powers.get(sort)
    if (power) power.times++
    else powers.set(sort, { example: example(), times: 1 })
    return !power
  }
  for (const [at, arg] of args.entries()) {
    const next = args[at + 1]
    const takesNext = !arg.includes('=') && !ALONE.test(arg) && next !== undefined && !next.startsWith('-')
    const example = () => [clipped(arg), ...(takesNext ? [clipped(next)] : [])].map(quotedIfOdd).join(' ')
    if (POWER.test(arg) && note(classifyOption(arg), example))
      for (const place of [at, at + 1]) if ((args[place] ?? '').length <= FRAGMENT) shownIndices.add(place)
    const [value] = POWERFUL.exec(arg) ?? []
    if (value !== undefined && !shownIndices.has(at)) note(value, () => quotedIfOdd(around(arg, value)))
  }
  return [...powers.values()].map(({ example, times }) =>
    times > 1 ? `${example} (${times} such)` : example,
  )
}

const quotedIfOdd = (text: string) => shownList([text])
const classifyOption = (option: string) => FAMILY.exec(option)?.[0] ?? option.replace(/=.*/s, '')

const clipped = (text: string) => (text.length > FRAGMENT ? `${text.slice(0, FRAGMENT - 1)}…` : text)

/** The piece of an argument that gives power. */
function around(arg: string, value: string): string {
  const from = Math.max(0, arg.indexOf(value) - FRAGMENT / 3)
  return arg.slice(from, from + FRAGMENT)
}
