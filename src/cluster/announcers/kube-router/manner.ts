import type { MannerOf } from '../announcer.js'

/** It counts no address its own on the segment; what its nodes hold on kube-dummy-if, the kernel answers for or not. */
export function kubeRouterManner(): MannerOf {
  return () => null
}
