import type { Pointer } from '../diagnostic.ts'

/** The parts of any zod schema's definition that lead to its keys. */
interface ZodShape {
  _zod?: {
    def: {
      type: string
      shape?: Record<string, ZodShape>
      element?: ZodShape
      innerType?: ZodShape
      in?: ZodShape
      options?: readonly ZodShape[]
      discriminator?: string
      values?: readonly unknown[]
      entries?: Record<string, unknown>
      items?: readonly ZodShape[]
      valueType?: ZodShape
    }
  }
}

/**
 * Keys that a zod schema allows in the object at `path` of `root`. In a union whose branches are told apart by a field,
 * the value of the field chooses the branch; otherwise the keys of all branches are allowed.
 */
export function keysAt(schema: unknown, path: Pointer, root: unknown): string[] {
  let ends = [schema as ZodShape]
  let value = root
  for (const part of path) {
    ends = ends.flatMap((shape) => step(shape, part, value))
    value = readField(value, part)
  }
  return [...new Set(ends.flatMap((shape) => listKeys(shape, value)))]
}

function listKeys(shape: ZodShape, value: unknown): string[] {
  return unwrap(shape, value).flatMap((one) => Object.keys(one._zod?.def.shape ?? {}))
}

function step(shape: ZodShape, part: string | number, value: unknown): ZodShape[] {
  return unwrap(shape, value).flatMap((one) => {
    const def = one._zod?.def
    const fields = def?.shape
    const field = fields && Object.hasOwn(fields, part) ? fields[part] : undefined
    const next = field ?? def?.element ?? def?.valueType ?? def?.items?.[Number(part)]
    return next ? [next] : []
  })
}

/** Removes wrappers such as `optional`, `default` and `pipe`, and splits unions. */
function unwrap(shape: ZodShape, value: unknown): ZodShape[] {
  const def = shape._zod?.def
  if (def?.options)
    return meantOptions(def.options, def.discriminator, value).flatMap((one) => unwrap(one, value))
  const inner = def?.innerType ?? def?.in
  return inner ? unwrap(inner, value) : [shape]
}

/** The branches that the value of the discriminator allows; all branches if it allows none. */
function meantOptions(
  options: readonly ZodShape[],
  discriminator: string | undefined,
  value: unknown,
): readonly ZodShape[] {
  if (discriminator === undefined) return options
  const discriminatorValue = readField(value, discriminator)
  const matching = options.filter((option) => {
    const def = option._zod?.def.shape?.[discriminator]?._zod?.def
    return (
      def?.values?.includes(discriminatorValue) ||
      Object.values(def?.entries ?? {}).includes(discriminatorValue)
    )
  })
  return matching.length > 0 ? matching : options
}

function readField(value: unknown, field: string | number): unknown {
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, field)
  return isThere ? (value as Record<string | number, unknown>)[field] : undefined
}
