import { ROUTES } from '../api/routes/routes.ts'

/** The first segments of the paths that the API serves outside of `/api`, such as `/.well-known`. */
export function publicPrefixes(): string[] {
  const paths = ROUTES.flatMap(({ path, aliases = [] }) => [path, ...aliases])
  return [...new Set(paths.map((path) => path.replace(/(?<=.)\/.*$/, '')))].filter(
    (prefix) => prefix !== '/api',
  )
}
