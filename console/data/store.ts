import { useEffect, useState } from 'preact/hooks'

/** A value outside of components that components follow. */
export interface Store<T> {
  get(): T
  set(value: T): void
  /** Calls `listener` after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void
}

/** Makes a store. */
export function createStore<T>(first: T): Store<T> {
  const listeners = new Set<() => void>()
  let value = first
  return {
    get: () => value,
    set(next) {
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The store's value; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, draw] = useState({})
  const value = store.get()
  useEffect(() => {
    const end = store.subscribe(() => draw({}))
    // An effect runs after the paint, and the store may have changed since what is painted was drawn.
    if (store.get() !== value) draw({})
    return end
  }, [store])
  return value
}
