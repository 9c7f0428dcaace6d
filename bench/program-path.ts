/** What programs of the system are started with: nothing of the environment of whoever runs the bench. */
export const programPath = {
  env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
  extendEnv: false,
} as const;
