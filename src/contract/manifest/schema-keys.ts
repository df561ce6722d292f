import type { Pointer } from '../diagnostic.ts'

/** The parts of any zod schema's definition that lead to its keys. */
interface Shape {
  _zod?: {
    def: {
      type: string
      shape?: Record<string, Shape>
      element?: Shape
      innerType?: Shape
      in?: Shape
      options?: readonly Shape[]
      items?: readonly Shape[]
      valueType?: Shape
    }
  }
}

/** Keys that a zod schema allows in the object at `path`; for a union, the keys of all branches. */
export function keysAt(schema: unknown, path: Pointer): string[] {
  const ends = path.reduce<Shape[]>(
    (shapes, part) => shapes.flatMap((shape) => step(shape, part)),
    [schema as Shape],
  )
  return [...new Set(ends.flatMap(keysOf))]
}

function keysOf(shape: Shape): string[] {
  return unwrap(shape).flatMap((one) => Object.keys(one._zod?.def.shape ?? {}))
}

function step(shape: Shape, part: string | number): Shape[] {
  return unwrap(shape).flatMap((one) => {
    const def = one._zod?.def
    const fields = def?.shape
    const field = fields && Object.hasOwn(fields, part) ? fields[part] : undefined
    const next = field ?? def?.element ?? def?.valueType ?? def?.items?.[Number(part)]
    return next ? [next] : []
  })
}

/** Removes wrappers such as `optional`, `default` and `pipe`, and splits unions. */
function unwrap(shape: Shape): Shape[] {
  const def = shape._zod?.def
  if (def?.options) return def.options.flatMap(unwrap)
  const inner = def?.innerType ?? def?.in
  return inner ? unwrap(inner) : [shape]
}
