/**
 * `compute` of each list or object, once as long as that lives; what it was computed of must not change. For what many
 * items ask of the same list: without it a join goes through the one list for each item of the other.
 */
export function once<L extends object, R>(compute: (list: L) => R): (list: L) => R {
  const done = new WeakMap<L, { readonly result: R }>()
  return (list) => {
    const known = done.get(list) ?? { result: compute(list) }
    done.set(list, known)
    return known.result
  }
}
