/** A file of a dropped folder. */
export interface DroppedFile {
  /** From the dropped folder on, with `/`, such as `reviewer/prompts/system.md`. */
  path: string
}

/** A definition among dropped files. */
export interface DroppedDefinition<File extends DroppedFile> {
  kind: string
  id: string
  /** Files by their path inside of the definition. */
  files: Map<string, File>
}

/** What of a kind is needed to find its definitions. */
interface KindFiles {
  id: string
  manifestFiles: readonly string[]
}

/**
 * The definitions among dropped files: each folder that holds a manifest is one, whether it was dropped itself or the
 * folder above it. What else was dropped is left out.
 */
export function findDefinitions<File extends DroppedFile>(
  files: readonly File[],
  kinds: readonly KindFiles[],
): DroppedDefinition<File>[] {
  const found = new Map<string, DroppedDefinition<File>>()
  for (const { path } of files) {
    const [name = '', id, ...above] = path.split('/').reverse()
    const kind = kinds.find(({ manifestFiles }) => manifestFiles.includes(name))
    if (!kind || id === undefined) continue
    const folder = [...above.reverse(), id].join('/')
    // A definition's own files may have such a name, too.
    if (![...found.keys()].some((other) => folder.startsWith(`${other}/`)))
      found.set(folder, { kind: kind.id, id, files: new Map() })
  }
  for (const file of files) {
    const folder = [...found.keys()].find((one) => file.path.startsWith(`${one}/`))
    if (folder !== undefined) found.get(folder)?.files.set(file.path.slice(folder.length + 1), file)
  }
  return [...found.values()].sort((a, b) => (`${a.kind}/${a.id}` < `${b.kind}/${b.id}` ? -1 : 1))
}
