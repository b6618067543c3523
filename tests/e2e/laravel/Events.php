<?php
// What the application broadcasts: one event with a name of its own, one with its class's.

namespace App\Events;

use Illuminate\Broadcasting\InteractsWithSockets;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;

class MessageSaid implements ShouldBroadcast
{
    use InteractsWithSockets;

    public $text;
    private $channel;

    public function __construct($channel, $text)
    {
        $this->channel = $channel;
        $this->text = $text;
    }

    public function broadcastOn()
    {
        return [$this->channel];
    }

    public function broadcastAs()
    {
        return 'said';
    }
}

class OrderPaid extends MessageSaid
{
    public function broadcastAs()
    {
        return static::class;
    }
}
