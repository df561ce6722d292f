import { nameFrom, unused } from './names.ts'

/** One argument as a hint describes it. */
export interface Argument {
  /** As parameters are called: lower-case words joined by `_`; absent where the hint is a whole sentence. */
  name?: string
  /** `--name`, for flags. */
  flag?: string
  title: string
  required: boolean
  schema: {
    type: 'string' | 'boolean' | 'integer' | 'number'
    enum?: (string | number)[]
    examples?: unknown[]
  }
  /** Values that the hint lists with commas: one or more of them may be given. */
  several?: string
}

/** The longest hint in characters. A longer one is not a list of arguments. */
const MAX_HINT = 2000
/** Longest name that is made of a hint's words; a longer hint is a sentence. */
const MAX_WORDS = 4
/** Keys that no parameter may have, for their meaning in JavaScript. */
const RESERVED = new Set(['constructor', 'prototype', '__proto__'])
const PLACEHOLDER = /^(?:[A-Z]|NUM|NUMBER|COUNT|<(?:n|num|number|count)>)$/
const NUMBER = /^-?\d+(?:\.\d+)?$/

/** Reads `<required> [optional] [--flag] [--flag a|b]`; undefined for a hint of any other form. */
export function readHint(hint: string): Argument[] | undefined {
  const bare = hint.trim()
  if (bare.length > MAX_HINT) return undefined
  if (/^[\w-]+$/.test(bare)) return [positional(bare, false)]
  const read: Argument[] = []
  let rest = bare
  while (rest !== '') {
    const [whole, angle, square] =
      /^(?:<([^<>]*)>|\[((?:[^[\]]|\[[^[\]]*\])*)\])(?:\s+|$|(?=[<[]))/.exec(rest) ?? []
    const inside = (angle ?? square)?.trim()
    if (whole === undefined || !inside) return undefined
    read.push(
      inside.startsWith('-') && angle === undefined
        ? parseFlag(inside)
        : positional(inside, angle !== undefined),
    )
    rest = rest.slice(whole.length)
  }
  return read.length > 0 ? unique(read) : undefined
}

function positional(text: string, required: boolean): Argument {
  const [, what = text, example] = /^(.*?)[,;]?\s+(?:e\.g\.|for example),?\s+(.+)$/i.exec(text) ?? []
  const examples = example === undefined ? {} : { examples: [example.replace(/^(['"])(.*)\1$/, '$2')] }
  return { name: argumentName(what), title: capital(what), required, schema: { type: 'string', ...examples } }
}

function parseFlag(text: string): Argument {
  const alternatives = text.split('|').map((part) => part.trim())
  if (alternatives.length > 1 && alternatives.every((part) => /^--?[\w-]+$/.test(part))) {
    const words = alternatives.map((part) => part.replace(/^-+/, ''))
    return {
      name: argumentName(words.join(' ')),
      title: capital(words.join(' or ')),
      required: false,
      schema: { type: 'string', enum: words },
    }
  }
  const [, flag = text, value = ''] = /^(--?[\w-]+)(?:[ =]+(.+))?$/.exec(text) ?? []
  const word = flag.replace(/^-+/, '')
  const argument = {
    name: argumentName(word),
    flag,
    title: capital(word.replaceAll('-', ' ')),
    required: false,
  }
  if (value === '') return { ...argument, schema: { type: 'boolean' } }
  if (PLACEHOLDER.test(value)) return { ...argument, schema: { type: 'integer' } }
  if (value.includes('|')) return { ...argument, schema: choice(value.split('|').map((part) => part.trim())) }
  if (NUMBER.test(value)) return { ...argument, schema: { type: 'number', examples: [Number(value)] } }
  if (value.includes(',')) return { ...argument, schema: { type: 'string' }, several: value }
  const example = /^<.*>$/.test(value) ? {} : { examples: [value] }
  return { ...argument, schema: { type: 'string', ...example } }
}

function choice(values: string[]): Argument['schema'] {
  return values.every((value) => NUMBER.test(value))
    ? { type: 'number', enum: values.map(Number) }
    : { type: 'string', enum: [...new Set(values)] }
}

function argumentName(words: string): string | undefined {
  const name = nameFrom(words)?.replaceAll('-', '_')
  if (name === undefined || words.trim().split(/\s+/).length > MAX_WORDS) return undefined
  return RESERVED.has(name) ? `${name}_value` : name
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function unique(read: readonly Argument[]): Argument[] {
  const names = new Set<string>()
  return read.map((argument) =>
    argument.name === undefined ? argument : { ...argument, name: unused(names, argument.name, '_') },
  )
}
