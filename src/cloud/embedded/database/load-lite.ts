type Lite = typeof import('@supabase/lite')

/**
 * Imports @supabase/lite and undoes two side effects: storage
 * is behind an environment flag that is read while the module
 * loads, and its database modules replace `process.emitWarning`
 * by a function that fails on warnings given as an `Error`.
 */
export async function loadLite(): Promise<Lite> {
  return undoing(() => import('@supabase/lite'))
}

/** The PostgreSQL driver of @supabase/lite. */
export async function loadPostgresDriver() {
  return undoing(() => import('@supabase/lite/postgres'))
}

/** The query builder of the same copy of @supabase/lite, so that the two accept each other's objects. */
export async function loadKysely() {
  return import('kysely')
}

/** The loads under way: the first one saves what they change, and the last one restores it. */
let loads = 0
let restore = () => {}

async function undoing<T>(load: () => Promise<T>): Promise<T> {
  if (loads++ === 0) restore = saveProcess()
  process.env.EXPERIMENTAL_STORAGE = '1'
  try {
    return await load()
  } finally {
    if (--loads === 0) restore()
  }
}

function saveProcess(): () => void {
  const { emitWarning } = process
  const flag = process.env.EXPERIMENTAL_STORAGE
  return () => {
    process.emitWarning = emitWarning
    if (flag === undefined) delete process.env.EXPERIMENTAL_STORAGE
    else process.env.EXPERIMENTAL_STORAGE = flag
  }
}
