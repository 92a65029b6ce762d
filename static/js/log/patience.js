// Waiting for a signal: 1, 2, 4 … 300 seconds, or until the browser says that it is back.
const LONGEST = 300;

export function patience() {
  let seconds = 0.5;
  return {
    wait() {
      seconds = Math.min(LONGEST, seconds * 2);
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          removeEventListener("online", end);
          resolve();
        };
        const timer = setTimeout(end, seconds * 1000);
        addEventListener("online", end);
      });
    },
  };
}
