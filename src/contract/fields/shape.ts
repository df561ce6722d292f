import * as z from 'zod'

// Zod's chained methods clone a schema at every step, and describing a schema is another step. For the hundred fields
// of a manifest, this takes a third of the start-up time of `nofx validate`. These builders make each schema once.

/** A text with limits on its length, in UTF-16 units, and a pattern; `must` describes the pattern in words. */
export function text(limits: { min?: number; max?: number; pattern?: RegExp; must?: string }): z.ZodString {
  const checks = []
  if (limits.min !== undefined) checks.push(z.minLength(limits.min))
  if (limits.max !== undefined) checks.push(z.maxLength(limits.max))
  if (limits.pattern !== undefined) checks.push(z.regex(limits.pattern, limits.must))
  return new z.ZodString({ type: 'string', checks })
}

/**
 * An object with these fields and no others. The fields are made when the object is looked at: most definitions leave most
 * objects out.
 */
export function fields<T extends z.core.$ZodLooseShape>(make: () => T): z.ZodObject<T, z.core.$strict> {
  let shape: T | undefined
  return new z.ZodObject({
    type: 'object',
    get shape() {
      shape ??= make()
      return shape
    },
    catchall: z.never(),
  }) as unknown as z.ZodObject<T, z.core.$strict>
}

/** A list of at most `max` entries. */
export function list<T extends z.ZodType>(element: T, max: number): z.ZodArray<T> {
  return new z.ZodArray({ type: 'array', element, checks: [z.maxLength(max)] }) as z.ZodArray<T>
}

/** A whole number within limits. */
export function whole(min: number, max?: number): z.ZodNumberFormat {
  const checks = max === undefined ? [z.gte(min)] : [z.gte(min), z.lte(max)]
  return new z.ZodNumberFormat({
    type: 'number',
    check: 'number_format',
    abort: false,
    format: 'safeint',
    checks,
  })
}

/** A number within limits. */
export function number(min: number, max: number): z.ZodNumber {
  return new z.ZodNumber({ type: 'number', checks: [z.gte(min), z.lte(max)] })
}

/**
 * Describes a schema for editors, without cloning it: a schema that is used twice needs an instance for each use.
 * `more` are keywords, such as `uniqueItems`, that a rule enforces and editors should know.
 */
export function about<T extends z.ZodType>(
  description: string,
  schema: T,
  more?: Record<string, unknown>,
): T {
  z.globalRegistry.add(schema, { description, ...more })
  return schema
}

/** An optional field with a description for editors. */
export function maybe<T extends z.ZodType>(
  description: string,
  schema: T,
  more?: Record<string, unknown>,
): z.ZodOptional<T> {
  return about(description, z.optional(schema), more)
}
