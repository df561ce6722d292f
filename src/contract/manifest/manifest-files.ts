/**
 * The names that a manifest may have: as JSON, and as YAML.
 * @param kind its `manifestFile` ends in `.json`
 */
export function listManifestFiles({ manifestFile }: { manifestFile: string }): readonly [string, string] {
  return [manifestFile, manifestFile.replace(/json$/, 'yaml')]
}
