import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A name that a module takes from another one in its folder, which it loads when it needs it. */
export interface LaterName {
  from: string
  to: string
  name: string
  exported: boolean
}

/** `{a:b}=await import("./c.js")`, `(await import("./c.js")).a` and `import("./c.js").then(({a:b})=>`, as esbuild writes them. */
const LATER =
  /\{([\w$:,]+)\}=await import\("(\.\/[^"]+)"\)|\(await import\("(\.\/[^"]+)"\)\)\.([\w$]+)|import\("(\.\/[^"]+)"\)\.then\(\(\{([\w$:,]+)\}/g

/** The names that the built ES modules of a folder take from modules that they load later. */
export async function laterNames(folder: string): Promise<LaterName[]> {
  const found: LaterName[] = []
  for (const from of readdirSync(folder).filter((name) => /\.m?js$/.test(name)))
    for (const match of readFileSync(join(folder, from), 'utf8').matchAll(LATER)) {
      const to = match[2] ?? match[3] ?? match[5] ?? ''
      const names = (match[1] ?? match[4] ?? match[6] ?? '').split(',').map((one) => one.split(':')[0] ?? '')
      const module = (await import(pathToFileURL(resolve(folder, to)).href)) as object
      for (const name of names) found.push({ from, to, name, exported: name in module })
    }
  return found
}
