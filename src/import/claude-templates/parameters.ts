import type { JsonObject } from '../../contract/kind.ts'
import type { Guess } from '../sources/format.ts'
import { type Argument, readHint } from './argument-hint.ts'
import { explanations, findStart, type StartState, stateIn } from './defaults.ts'

/** A command's arguments as a template's parameters. */
export interface Parameters {
  /** Absent where a command takes no arguments. */
  schema?: JsonObject
  /** Names of the arguments that are not flags, in order: together they are `$ARGUMENTS`. */
  positional: string[]
  /** Names by flag: `--skip-tests`. */
  flags: ReadonlyMap<string, string>
  names: string[]
  /** Words such as `$FEATURE` that the command uses for its first argument. */
  aliases: string[]
  /** Whether the one argument stands for the whole text that is given. */
  isWhole: boolean
  guesses: Guess[]
}

const MAX_TEXT = 1024
const ALIAS = /\breferenced as `\$([A-Z][A-Z_]*)`/g

/** Makes parameters of an argument hint, and of the arguments that the text describes. */
export function readParameters(hint: string | undefined, body: string): Parameters {
  const state = stateIn(body)
  const aliases = [...new Set([...body.matchAll(ALIAS)].map((match) => match[1] ?? ''))]
  const guesses: Guess[] = []
  const read = readArguments(hint, body, guesses)
  const namedArguments = read.map((argument, index) => nameArgument(argument, index, read, state, aliases))
  const explained = explanations(body)
  const properties = Object.fromEntries(
    namedArguments.map((argument) => [argument.name, buildProperty(argument, state, explained)] as const),
  )
  const required = namedArguments.flatMap(({ name, required: must }) => (must ? [name] : []))
  return {
    ...(namedArguments.length > 0 && {
      schema: {
        type: 'object',
        properties,
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      },
    }),
    positional: namedArguments.filter(({ isFlag }) => !isFlag).map(({ name }) => name),
    flags: new Map(
      namedArguments.flatMap(({ flag, name }) => (flag === undefined ? [] : [[flag, name] as const])),
    ),
    names: namedArguments.map(({ name }) => name),
    aliases: namedArguments.some(({ isFlag }) => !isFlag) ? aliases : [],
    isWhole: isWhole(hint, body),
    guesses,
  }
}

function isWhole(hint: string | undefined, body: string): boolean {
  if (hint === undefined || hint.trim() === '') return usesWhole(body)
  return readHint(hint) === undefined
}

/** Whether a text reads `$ARGUMENTS` as one. */
function usesWhole(body: string): boolean {
  return /\$ARGUMENTS(?!\[\d{1,3}\])/.test(body)
}

interface NamedArgument extends Argument {
  name: string
  isFlag: boolean
}

function readArguments(hint: string | undefined, body: string, guesses: Guess[]): Argument[] {
  const whole: Argument = { title: 'Arguments', required: true, schema: { type: 'string' } }
  const isUsed = usesWhole(body)
  const guess = (what: string, why: string): void => void guesses.push({ field: 'parameters', what, why })
  if (hint === undefined || hint.trim() === '') {
    const count = countNumbered(body)
    if (isUsed) guess('one required text', 'the source uses its arguments and has no hint for them')
    else if (count > 0) guess(`${count} texts`, 'the source numbers its arguments and has no hint for them')
    if (isUsed || count === 0) return isUsed ? [whole] : []
    return Array.from({ length: count }, (_, index) => ({
      name: `argument_${index + 1}`,
      title: `Argument ${index + 1}`,
      required: index === 0,
      schema: { type: 'string' },
    }))
  }
  const read = readHint(hint)
  if (!read) {
    guess(hint, 'the hint has a form of its own: it became one text')
    return [{ ...whole, title: hint.trim().slice(0, MAX_TEXT), required: false }]
  }
  if (isUsed && read.every(isFlagLike)) return [{ ...whole, required: false }, ...read]
  return read
}

/** The highest of `$1` to `$9`, and of `$ARGUMENTS[0]` and so on, that a text without `$ARGUMENTS` reads. */
function countNumbered(body: string): number {
  const numbers = [...body.matchAll(/(?<![\\$\w])\$([1-9])(?![\w.,]*\d)/g)].map((match) => Number(match[1]))
  const places = [...body.matchAll(/(?<!\\)\$ARGUMENTS\[(\d)\]/g)].map((match) => Number(match[1]) + 1)
  return Math.max(0, ...numbers.slice(0, 1000), ...places.slice(0, 1000))
}

function isFlagLike({ flag, schema }: Argument): boolean {
  return flag !== undefined || schema.enum !== undefined
}

/** The first argument is called as the text calls it: by its own word, or by its place in the state. */
function nameArgument(
  argument: Argument,
  index: number,
  all: readonly Argument[],
  state: StartState,
  aliases: readonly string[],
): NamedArgument {
  const isFlag = isFlagLike(argument)
  const isOnly = !isFlag && all.filter((one) => !isFlagLike(one)).length === 1
  const spoken = isOnly ? (aliases[0]?.toLowerCase() ?? state.argument) : undefined
  const choice = isFlag && argument.flag === undefined ? findStateKey(argument, state) : undefined
  const proposedName =
    spoken ?? choice ?? argument.name ?? (index === 0 ? 'arguments' : `argument_${index + 1}`)
  const isTaken = all.some((one) => one !== argument && one.name === proposedName)
  return { ...argument, isFlag, name: isTaken ? `${proposedName}_${index + 1}` : proposedName }
}

/** `[--incremental|--suite]` has no name; a state that starts with one of them gives it: `"mode": "suite"`. */
function findStateKey({ schema }: Argument, { values }: StartState): string | undefined {
  const [key] = [...values].find(([, value]) => schema.enum?.includes(value as string)) ?? []
  return key !== undefined && /^[a-z][a-z0-9_]*$/.test(key) ? key : undefined
}

function buildProperty(
  argument: NamedArgument,
  state: StartState,
  explained: ReadonlyMap<string, { text: string; preset?: string }>,
): JsonObject {
  const { flag, title, schema, several, name, isFlag } = argument
  const explanation =
    explained.get(flag ?? title) ?? explained.get(title.charAt(0).toLowerCase() + title.slice(1))
  const description = explanation?.text ?? (several === undefined ? undefined : `One or more of ${several}`)
  const preset = isFlag ? (findStart(state, name) ?? explanation?.preset) : undefined
  const fitted = adapt(schema, preset)
  return {
    ...fitted.schema,
    title,
    ...(description !== undefined && { description: description.slice(0, MAX_TEXT) }),
    ...(fitted.preset !== undefined && { default: fitted.preset }),
  }
}

/** A default in its schema's type. One that the hint does not list is a choice all the same: the source starts with it. */
function adapt(
  schema: Argument['schema'],
  preset: unknown,
): { schema: Argument['schema']; preset?: unknown } {
  if (preset === undefined || preset === null || preset === '') return { schema }
  if (schema.type === 'boolean') return typeof preset === 'boolean' ? { schema, preset } : { schema }
  if (schema.type !== 'string') {
    const number = Number(preset)
    const fits = Number.isFinite(number) && (schema.type === 'number' || Number.isSafeInteger(number))
    return !fits || (schema.enum && !schema.enum.includes(number)) ? { schema } : { schema, preset: number }
  }
  const text = Array.isArray(preset) ? preset.join(',') : String(preset)
  if (!schema.enum || schema.enum.includes(text)) return { schema, preset: text }
  return { schema: { ...schema, enum: [...schema.enum, text] }, preset: text }
}
