import type { JsonObject } from '../kind.ts'
import { canonical, isMultiple } from './canonical.ts'
import { FORMATS } from './formats.ts'
import type { Meter } from './meter.ts'
import { compilePattern } from './pattern.ts'
import type { SchemaCall } from './run.ts'

/** Whether a value satisfies a keyword that applies no other schema. */
type Assertion = (want: unknown, value: unknown, call: SchemaCall) => boolean

/** Characters of JSON or text that count as one step of work. */
const CHARACTERS = 64
/** Pattern instructions times text characters that count as one step of work. */
const PATTERN_WORK = 100
/** Instructions that the engine adds to every pattern and that are not counted in its size. */
const PATTERN_START = 12

function nameType(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function hasType(want: unknown, value: unknown): boolean {
  return want === 'integer' ? Number.isInteger(value) : want === nameType(value)
}

/** The canonical JSON by which a value is compared. */
function computeKey(value: unknown, meter: Meter): string {
  const key = canonical(value)
  meter.spend(key.length / CHARACTERS)
  return key
}

const allowed = new WeakMap<object, ReadonlySet<string>>()

function includesValue(values: readonly unknown[], value: unknown, { run: { meter } }: SchemaCall): boolean {
  let keys = allowed.get(values)
  if (keys === undefined) {
    meter.spend(values.length)
    keys = new Set(values.map((one) => computeKey(one, meter)))
    allowed.set(values, keys)
  }
  return keys.has(computeKey(value, meter))
}

function areUnique(values: readonly unknown[], meter: Meter): boolean {
  meter.spend(values.length)
  const keys = new Set<string>()
  for (const value of values) {
    const key = computeKey(value, meter)
    if (keys.has(key)) return false
    keys.add(key)
  }
  return true
}

/** Whether a pattern matches somewhere in a text. The cost is charged before the match. */
export function matches(source: string, text: string, meter: Meter): boolean {
  const pattern = compilePattern(source, (size) => meter.spend(50 + size))
  const size = PATTERN_START + ('size' in pattern ? pattern.size : 0)
  meter.spend(1 / 4 + ((text.length + 1) * size) / PATTERN_WORK)
  // A refused pattern matches nothing. The check of a definition reports such patterns, so none should arrive here.
  return 'test' in pattern && pattern.test(text)
}

function countCharacters(text: string, meter: Meter): number {
  meter.spend(text.length / CHARACTERS)
  let count = text.length
  for (let index = 0; index < text.length - 1; index++)
    if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) count -= 1
  return count
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

function hasKeys(names: readonly string[], value: object, { run: { meter } }: SchemaCall): boolean {
  meter.spend(names.length / 4)
  return names.every((name) => Object.hasOwn(value, name))
}

function countKeys(value: object, { run: { meter } }: SchemaCall): number {
  const count = Object.keys(value).length
  meter.spend(count / 8)
  return count
}

const names = new WeakMap<object, readonly string[]>()

/** Keys of a part of a schema, computed once because every value needs them again. */
export function listNames(part: object): readonly string[] {
  let cached = names.get(part)
  if (cached === undefined) {
    cached = Object.keys(part)
    names.set(part, cached)
  }
  return cached
}

function hasDependents(want: JsonObject, value: object, call: SchemaCall): boolean {
  const keys = listNames(want)
  call.run.meter.spend(keys.length / 8)
  return keys.every(
    (key) =>
      !Object.hasOwn(value, key) || hasKeys((want as Record<string, string[]>)[key] ?? [], value, call),
  )
}

const onNumber =
  (check: (value: number, want: number) => boolean): Assertion =>
  (want, value) =>
    typeof value !== 'number' || check(value, want as number)

const onText =
  (check: (value: string, want: unknown, meter: Meter) => boolean): Assertion =>
  (want, value, call) =>
    typeof value !== 'string' || check(value, want, call.run.meter)

const onList =
  (check: (value: readonly unknown[], want: unknown, meter: Meter) => boolean): Assertion =>
  (want, value, call) =>
    !Array.isArray(value) || check(value, want, call.run.meter)

const onObject =
  (check: (value: object, want: unknown, call: SchemaCall) => boolean): Assertion =>
  (want, value, call) =>
    nameType(value) !== 'object' || check(value as object, want, call)

/** Keywords that look at the value alone. */
export const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map<string, Assertion>([
  [
    'type',
    (want, value) => (Array.isArray(want) ? want.some((one) => hasType(one, value)) : hasType(want, value)),
  ],
  ['const', (want, value, call) => computeKey(want, call.run.meter) === computeKey(value, call.run.meter)],
  ['enum', (want, value, call) => includesValue(want as unknown[], value, call)],
  ['minimum', onNumber((value, want) => value >= want)],
  ['maximum', onNumber((value, want) => value <= want)],
  ['exclusiveMinimum', onNumber((value, want) => value > want)],
  ['exclusiveMaximum', onNumber((value, want) => value < want)],
  ['multipleOf', onNumber(isMultiple)],
  ['minLength', onText((value, want, meter) => countCharacters(value, meter) >= Number(want))],
  ['maxLength', onText((value, want, meter) => countCharacters(value, meter) <= Number(want))],
  ['pattern', onText((value, want, meter) => matches(want as string, value, meter))],
  [
    'format',
    onText((value, want, meter) => {
      meter.spend(value.length / CHARACTERS)
      return FORMATS.get(want as string)?.(value) ?? true
    }),
  ],
  ['minItems', onList((value, want) => value.length >= Number(want))],
  ['maxItems', onList((value, want) => value.length <= Number(want))],
  ['uniqueItems', onList((value, want, meter) => want !== true || areUnique(value, meter))],
  ['required', onObject((value, want, call) => hasKeys(want as string[], value, call))],
  ['minProperties', onObject((value, want, call) => countKeys(value, call) >= Number(want))],
  ['maxProperties', onObject((value, want, call) => countKeys(value, call) <= Number(want))],
  ['dependentRequired', onObject((value, want, call) => hasDependents(want as JsonObject, value, call))],
])
