// Deadlines of many sessions behind ONE host timer: a timing wheel.  A session has one entry, due at the earliest of
// its deadlines; moving it costs a few pointers.  Belongs to an Engine; its lane only.  The timer runs only while
// something waits, and a deadline is met at most one tick late.
#pragma once
#include <functional>
#include <sbx/sbx.hpp>
#include <vector>

namespace socketio {

class Heartbeat {
 public:
  // What waits.  Derive from it; it leaves the wheel when it dies.
  class Entry {
   public:
    Entry() = default;
    Entry(const Entry &) = delete;
    Entry &operator=(const Entry &) = delete;
    virtual ~Entry() { unlink(); }
    // Called once when `due` is reached.  May schedule this entry again and cancel any other.
    virtual void on_due(int64_t now_ns) noexcept = 0;

   private:
    friend class Heartbeat;
    void unlink();
    Entry **link_ = nullptr;  // what points here: a slot, or the next_ of the entry before
    Entry *next_ = nullptr;
    int64_t due_ns_ = 0;
    Heartbeat *wheel_ = nullptr;
  };

  // Several fold finer than the shortest of the deadlines it is made for.  `after` runs behind each round of on_due.
  Heartbeat(sbx::Host host, const sbx_loop *loop, int64_t shortest_ns, std::function<void()> after = {});
  Heartbeat(const Heartbeat &) = delete;
  Heartbeat &operator=(const Heartbeat &) = delete;
  ~Heartbeat();

  // REQUIRES: the entry outlives its stay here or is destroyed before this
  void schedule(Entry &entry, int64_t due_ns);
  void cancel(Entry &entry);
  size_t waiting() const { return waiting_; }
  int64_t tick_ns() const { return tick_ns_; }

 private:
  void start_timer();
  void turn();
  void run_slot(size_t slot, int64_t now_ns);
  size_t slot_of(int64_t due_ns) const;

  sbx::Host host_;
  const sbx_loop *loop_;
  int64_t tick_ns_;
  int64_t done_tick_ = 0;  // every slot up to this tick has been run
  sbx_id timer_ = 0;
  size_t waiting_ = 0;
  std::function<void()> after_;
  std::vector<Entry *> slots_;
};

}  // namespace socketio
