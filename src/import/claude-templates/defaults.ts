import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'

/** The state that a command starts with, where it writes one that holds its arguments. */
export interface StartState {
  /** The key whose value is `$ARGUMENTS`. */
  argument?: string
  /** All other values, those inside of `flags` included. */
  values: Map<string, unknown>
}

/** Reads the first JSON block that holds `$ARGUMENTS`. */
export function stateIn(body: string): StartState {
  const lines = body.split('\n')
  for (let at = 0; at < lines.length; at++) {
    if (!/^ {0,3}```json[ \t]*$/.test(lines[at] ?? '')) continue
    const length = lines.slice(at + 1).findIndex((line) => /^ {0,3}```[ \t]*$/.test(line))
    if (length < 0) break
    const state = readState(lines.slice(at + 1, at + 1 + length).join('\n'))
    if (state) return state
    at += length
  }
  return { values: new Map() }
}

function readState(block: string): StartState | undefined {
  const state = block.includes('"$ARGUMENTS"') ? parse(block) : undefined
  if (!state) return undefined
  const flags = isObject(state.flags) ? state.flags : {}
  const argument = Object.keys(state).find((key) => state[key] === '$ARGUMENTS')
  return { argument, values: new Map(Object.entries({ ...state, ...flags })) }
}

/** A flag's first value in the state, under its name or a longer one: `coverage_target` for `--coverage`. */
export function findStart({ values }: StartState, name: string): unknown {
  const key = [...values.keys()].find((one) => one === name || one.startsWith(`${name}_`))
  return key === undefined ? undefined : values.get(key)
}

/** The arguments that a list in the text describes: "- `--scope`: how far to look (default: `module`)". */
export function explanations(body: string): Map<string, { text: string; preset?: string }> {
  const explained = new Map<string, { text: string; preset?: string }>()
  for (const [, name = '', explanation = ''] of body.matchAll(
    /^[ \t]*[-*] +`([^`\n]+)`:? *[:—–-] *(\S.*)$/gm,
  )) {
    const key = /^--?[\w-]+/.exec(name)?.[0] ?? /^<([^<>]+)>$/.exec(name)?.[1]
    if (key === undefined || explained.has(key)) continue
    const [, quoted, number] = /\(default: (?:`([^`]+)`|(\d+(?:\.\d+)?))\)/.exec(explanation) ?? []
    const preset = quoted ?? number
    explained.set(key, { text: explanation.trim(), ...(preset === undefined ? {} : { preset }) })
  }
  return explained
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
