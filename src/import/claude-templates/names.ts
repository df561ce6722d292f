import { slugify } from '../../contract/fields/id.ts'

const MAX = 64

/** A name for a step, an output or a parameter: like an id, and one letter is enough. */
export function nameFrom(text: string): string | undefined {
  return slugify(text) ?? /^[a-z]$/i.exec(text.trim())?.[0].toLowerCase()
}

/** A name that is not taken yet, and is from now on. */
export function unused(names: Set<string>, base: string, separator = '-'): string {
  let name = base
  for (let count = 2; names.has(name); count++) {
    const end = `${separator}${count}`
    name = `${base.slice(0, MAX - end.length).replace(/[-_]+$/, '')}${end}`
  }
  names.add(name)
  return name
}
